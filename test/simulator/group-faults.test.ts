import type { WAMessageKey } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';
import { type GroupParty, joinParty } from './group-parties.ts';
import { textOf } from './server-parties.ts';

const NUMBERS = [1, 2, 3, 4].map((index) => `628120000000${index}`);
const ROUNDS = 12;

let simulator: TestSimulator;
let parties: GroupParty[];
/** What was said by linked devices, by message id. */
const said = new Map<string, string>();

beforeEach(async () => {
  simulator = await startTestSimulator({ seed: 'group faults' });
  for (const number of NUMBERS) simulator.phone(number);
  // The library tells of own messages late; who is asked for one before that must know it already.
  const getMessage = async ({ id }: WAMessageKey) => ({ conversation: said.get(id ?? '') ?? '' });
  said.clear();
  parties = await Promise.all(
    NUMBERS.slice(0, 3).map((number) => joinParty(simulator, number, { getMessage })),
  );
});
afterEach(async () => {
  await Promise.all(parties.map((party) => party.stop()));
  await simulator.close();
});

it('everybody reads everything that is said in a group over a bad line', async () => {
  const [ana, budi, cici] = parties;
  if (!ana || !budi || !cici) throw new Error('somebody is missing');
  const people = NUMBERS.slice(1).map((number) => `${number}@s.whatsapp.net`);
  const { id: group } = await ana.socket().groupCreate('Bad line', people);
  await Promise.all(parties.map(({ joined }) => joined.waitFor(({ id }) => id === group)));
  for (const kind of ['corrupt-ciphertext', 'duplicate-delivery', 'reorder-delivery'] as const) {
    simulator.faults.add({ kind, probability: 0.15 });
  }
  const dewi = simulator.phone(NUMBERS[3] ?? '');
  const sayOn = (party: GroupParty, text: string) => {
    const messageId = `3EB0${text.replace('/', 'A').padStart(16, '0')}`;
    said.set(messageId, text);
    return party.socket().sendMessage(group, { text }, { messageId });
  };
  const speakers = [
    (text: string) => sayOn(ana, text),
    (text: string) => sayOn(budi, text),
    (text: string) => dewi.sendText(group, text),
  ];
  const texts: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const lines = speakers.map((_, speaker) => `${round}/${speaker}`);
    texts.push(...lines);
    await Promise.all(speakers.map((speak, speaker) => speak(lines[speaker] ?? '')));
  }
  const strikes = simulator.history.of('fault').length;
  simulator.faults.clear();
  // What a fault holds back leaves with the next message.
  await dewi.sendText(group, 'the end');
  texts.push('the end');
  for (const text of texts) {
    const speaker = { 0: ana, 1: budi }[text.at(-1) ?? ''];
    const readers = parties.filter((party) => party !== speaker);
    await Promise.all(readers.map((party) => party.messages.waitFor((message) => textOf(message) === text)));
    await Promise.all(
      NUMBERS.map((number) => waitForMessage(simulator.phone(number), (message) => message.text === text)),
    );
  }
  expect(strikes).toBeGreaterThan(0);
});
