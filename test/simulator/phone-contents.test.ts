import { createHash } from 'node:crypto';
import { decryptPollVote, type WAMessage } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';
import { type GroupParty, joinParty, pnOf } from './group-parties.ts';

const BUDI = '6281200000002';
const CICI = '6281200000003';
const OPTIONS = ['tea', 'coffee'];

let simulator: TestSimulator;
let ana: GroupParty;
let budi: Phone;
let cici: Phone;

const hashOf = (option: string) => createHash('sha256').update(option).digest('hex');
const arrived = (id: string) => ana.messages.waitFor(({ key }) => key.id === id);
/** What a vote says, as the client library opens it. */
const opened = (
  { message }: WAMessage,
  poll: { id: string; secret: Uint8Array; creator: string; voter: string },
) => {
  const vote = message?.pollUpdateMessage?.vote ?? {};
  const { id: pollMsgId, secret: pollEncKey, creator: pollCreatorJid, voter: voterJid } = poll;
  const { selectedOptions } = decryptPollVote(vote, { pollMsgId, pollEncKey, pollCreatorJid, voterJid });
  return selectedOptions?.map((hash) => Buffer.from(hash).toString('hex'));
};

beforeEach(async () => {
  simulator = await startTestSimulator();
  [budi, cici] = [simulator.phone(BUDI, 'Budi'), simulator.phone(CICI, 'Cici')];
  ana = await joinParty(simulator, '6281200000001');
});
afterEach(async () => {
  await ana.stop();
  await simulator.close();
});

it('a poll of a linked device is answered by phones, whose votes it can open', async () => {
  const { id: group } = await ana.socket().groupCreate(
    'Poll',
    [BUDI, CICI].map((who) => pnOf({ phoneNumber: who })),
  );
  const sent = await ana
    .socket()
    .sendMessage(group, { poll: { name: 'Drink?', values: OPTIONS, selectableCount: 1 } });
  const id = sent?.key.id ?? '';
  const poll = await waitForMessage(budi, (message) => message.id === id && message.poll !== null);
  expect(poll).toMatchObject({ text: 'Drink?', poll: { options: OPTIONS, votes: {} } });
  const vote = await budi.vote(id, ['coffee']);
  const secret = sent?.message?.messageContextInfo?.messageSecret ?? new Uint8Array(0);
  const voter = `${simulator.core.findAccount(BUDI)?.lid}@lid`;
  const seal = { id, secret, creator: ana.lid, voter };
  expect(opened(await arrived(vote.id), seal)).toEqual([hashOf('coffee')]);
  await waitForMessage(cici, (message) => message.id === id && message.poll?.votes[BUDI]?.[0] === 'coffee');
  await budi.vote(id, ['tea']);
  await waitForMessage(cici, (message) => message.id === id && message.poll?.votes[BUDI]?.[0] === 'tea');
  await expect(budi.vote(id, ['water'])).rejects.toMatchObject({ code: 'NO_POLL' });
});

it('a poll of a phone reaches linked devices and is counted on phones', async () => {
  const { id } = await budi.sendPoll(CICI, { question: 'When?', options: ['now', 'later'], selectable: 2 });
  await waitForMessage(cici, (message) => message.id === id && message.poll !== null);
  await cici.vote(id, ['now', 'later']);
  await waitForMessage(budi, (message) => message.id === id && message.poll?.votes[CICI]?.length === 2);
  const asked = await budi.sendPoll('6281200000001', { question: 'Why?', options: OPTIONS, selectable: 1 });
  const { message } = await arrived(asked.id);
  expect(message?.pollCreationMessageV3).toMatchObject({
    name: 'Why?',
    options: OPTIONS.map((optionName) => ({ optionName })),
  });
  expect(message?.messageContextInfo?.messageSecret).toHaveLength(32);
});

it('a place and a contact card go both ways', async () => {
  const place = await budi.sendLocation('6281200000001', {
    latitude: -6.2,
    longitude: 106.8,
    name: 'Jakarta',
  });
  expect((await arrived(place.id)).message?.locationMessage).toMatchObject({
    degreesLatitude: -6.2,
    name: 'Jakarta',
  });
  const card = await budi.sendContact('6281200000001', { name: 'Cici', phoneNumber: CICI });
  expect((await arrived(card.id)).message?.contactMessage?.vcard).toContain(`waid=${CICI}:+${CICI}`);
  await ana.socket().sendMessage(pnOf({ phoneNumber: BUDI }), {
    location: { degreesLatitude: 1, degreesLongitude: 2, name: 'Here' },
  });
  await waitForMessage(budi, ({ kind, text }) => kind === 'locationMessage' && text === 'Here');
});
