import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import {
  startSimulatorProcess,
  startTestSimulator,
  type TestSimulator,
  waitForMessage,
} from '../support/simulator.ts';
import { type GroupParty, joinParty, pnOf } from './group-parties.ts';
import { next, textOf } from './server-parties.ts';

const NUMBERS = [1, 2, 3, 4, 5].map((index) => `628120000000${index}`);

let simulator: TestSimulator;
/** Linked devices of the first three; the last two have phones only. */
let ana: GroupParty;
let budi: GroupParty;
let cici: GroupParty;
let phones: readonly Phone[];
let group: string;

const phone = (index: number): Phone => {
  const found = phones[index];
  if (!found) throw new Error('there is no such phone');
  return found;
};
const sendFrom = async (party: GroupParty, text: string) =>
  (await party.socket().sendMessage(group, { text }))?.key.id ?? '';
const readOn = (reader: Phone, text: string) => waitForMessage(reader, (message) => message.text === text);
const heardBy = (party: GroupParty, text: string) =>
  party.messages.waitFor((message) => textOf(message) === text);
/** Every phone and every linked device of the group, but the author's own sending device. */
const everybodyReads = async (text: string, author: GroupParty | Phone) => {
  await Promise.all(phones.filter((other) => other !== author).map((reader) => readOn(reader, text)));
  await Promise.all(
    [ana, budi, cici].filter((party) => party !== author).map((party) => heardBy(party, text)),
  );
};

beforeEach(async () => {
  simulator = await startTestSimulator();
  phones = NUMBERS.map((number) => simulator.phone(number));
  const party = (index: number) => joinParty(simulator, NUMBERS[index] ?? '');
  [ana, budi, cici] = await Promise.all([party(0), party(1), party(2)]);
  const { id } = await ana.socket().groupCreate(
    'Five',
    NUMBERS.slice(1).map((number) => `${number}@s.whatsapp.net`),
  );
  group = id;
  await Promise.all([ana, budi, cici].map(({ joined }) => joined.waitFor((made) => made.id === group)));
});
afterEach(async () => {
  await Promise.all([ana, budi, cici].map((party) => party.stop()));
  await simulator.close();
});

describe('a message to a group of five', () => {
  it('from a linked device is read by every phone and every device', async () => {
    const id = await sendFrom(ana, 'hello all');
    await everybodyReads('hello all', ana);
    expect(await readOn(phone(4), 'hello all')).toMatchObject({
      chat: group,
      author: NUMBERS[0],
      direction: 'received',
    });
    expect(await readOn(phone(0), 'hello all')).toMatchObject({ direction: 'own-copy' });
    const { key } = await heardBy(budi, 'hello all');
    expect(key).toMatchObject({ remoteJid: group, fromMe: false, participantAlt: pnOf(ana) });
    await ana.receipts.waitFor((receipt) => receipt.id === id && receipt.reader === cici.lid);
    await phone(3).markRead([id]);
    const lidOfFourth = `${simulator.core.findAccount(NUMBERS[3] ?? '')?.lid}@lid`;
    await ana.receipts.waitFor(({ reader, kind }) => reader === lidOfFourth && kind === 'read');
  });

  it('from a phone is read by every phone and every device, again and again', async () => {
    for (const text of ['first', 'second', 'third']) {
      await phone(3).sendText(group, text);
      await everybodyReads(text, phone(3));
    }
    await phone(0).sendText(group, 'from my phone');
    expect((await heardBy(ana, 'from my phone')).key).toMatchObject({ fromMe: true, remoteJid: group });
    await everybodyReads('from my phone', phone(0));
    expect(simulator.history.of('receipt').filter(({ type }) => type === 'retry')).toEqual([]);
  });

  it('is sent again to a device that could not read it, under its id, and so is the next one readable', async () => {
    const target = { phoneNumber: NUMBERS[1] ?? '', device: 1 };
    simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target });
    const { id } = await phone(3).sendText(group, 'damaged');
    expect((await heardBy(budi, 'damaged')).key.id).toBe(id);
    await phone(3).sendText(group, 'whole');
    await heardBy(budi, 'whole');
    simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target });
    const again = await sendFrom(ana, 'damaged by a device');
    expect((await heardBy(budi, 'damaged by a device')).key.id).toBe(again);
  });

  it('is asked for again by a phone that lost the key', async () => {
    simulator.faults.add({
      kind: 'corrupt-ciphertext',
      times: 1,
      target: { phoneNumber: NUMBERS[1] ?? '', device: 1 },
    });
    await sendFrom(cici, 'one');
    await heardBy(budi, 'one');
    expect((await next(simulator, 'receipt', ({ type }) => type === 'retry')).to).toBe(group);
  });

  it('waits for whoever is away', async () => {
    await cici.stop();
    await next(
      simulator,
      'connection-closed',
      ({ device }) => device?.startsWith(`${NUMBERS[2]}:1`) ?? false,
    );
    await sendFrom(ana, 'while you were out');
    await phone(3).sendText(group, 'me too');
    cici.connect();
    await heardBy(cici, 'while you were out');
    await heardBy(cici, 'me too');
  });

  it('is not for those who have left: the sender keys are new', async () => {
    await phone(3).sendText(group, 'with all of you');
    await sendFrom(ana, 'and from me');
    await everybodyReads('with all of you', phone(3));
    await phone(4).groups.leave(group);
    await phone(3).sendText(group, 'without one');
    await heardBy(ana, 'without one');
    const { id } = await readOn(phone(0), 'without one');
    const deliveries = simulator.history.of('delivery').filter((delivery) => delivery.id === id);
    expect(deliveries.some(({ device }) => device.startsWith(NUMBERS[4] ?? ''))).toBe(false);
    await expect(phone(4).sendText(group, 'still here')).rejects.toMatchObject({ code: 'SEND_REFUSED' });
  });

  it('is answered, edited, taken back and reacted to', async () => {
    const { id } = await phone(3).sendText(group, 'draft');
    const { key } = await heardBy(budi, 'draft');
    await phone(3).edit(id, 'final');
    await waitForMessage(
      phone(4),
      (message) => message.id === id && message.text === 'final' && message.edited,
    );
    await budi.updates.waitFor(
      (update) => update.key.id === id && JSON.stringify(update.update).includes('final'),
    );
    await budi.socket().sendMessage(group, { react: { text: '👍', key } });
    await waitForMessage(
      phone(3),
      (message) => message.id === id && message.reactions[NUMBERS[1] ?? ''] === '👍',
    );
    await phone(4).react(id, '🎉');
    await phone(4).quote(id, 'an answer');
    const answer = await heardBy(ana, 'an answer');
    expect(answer.message?.extendedTextMessage?.contextInfo?.stanzaId).toBe(id);
    await phone(3).revoke(id);
    await waitForMessage(
      phone(0),
      (message) => message.id === id && message.revoked && message.text === null,
    );
    const own = await budi.socket().sendMessage(group, { text: 'oops' });
    await readOn(phone(4), 'oops');
    await budi.socket().sendMessage(group, { delete: own?.key ?? {} });
    await waitForMessage(phone(4), (message) => message.id === own?.key.id && message.revoked);
  });

  it('is refused from strangers, and from all but admins where only they write', async () => {
    const stranger = simulator.phone('6281200000009');
    await expect(stranger.sendText(group, 'hi')).rejects.toMatchObject({ code: 'SEND_REFUSED' });
    await ana.socket().groupSettingUpdate(group, 'announcement');
    await expect(phone(3).sendText(group, 'hi')).rejects.toMatchObject({ code: 'SEND_REFUSED' });
    const refused = await sendFrom(budi, 'hi');
    expect((await next(simulator, 'ack', ({ id }) => id === refused)).error).toBe('403');
    await sendFrom(ana, 'news');
    await readOn(phone(3), 'news');
  });
});

describe('a group by phone number', () => {
  it('is written to and read by all', async () => {
    const made = await phone(3).groups.create({
      subject: 'Old',
      members: NUMBERS.slice(0, 3),
      addressing: 'pn',
    });
    group = `${made.group.id}@g.us`;
    await ana.joined.waitFor(({ id }) => id === group);
    await sendFrom(ana, 'by number');
    const { key } = await heardBy(budi, 'by number');
    expect(key).toMatchObject({ participant: pnOf(ana), participantAlt: ana.lid });
    await readOn(phone(3), 'by number');
    await phone(3).sendText(group, 'answer by number');
    await heardBy(ana, 'answer by number');
  });
});

describe('a phone', () => {
  it('is an admin like any other', async () => {
    const { group: made, refused } = await phone(3).groups.create({
      subject: 'Mine',
      members: [NUMBERS[4] ?? '', '6289999999999'],
    });
    const id = `${made.id}@g.us`;
    expect(refused).toEqual([{ phoneNumber: '6289999999999', code: '404' }]);
    await phone(0).setGroupAdds('none');
    expect(await phone(3).groups.changeMembers(id, 'add', [NUMBERS[0] ?? '', NUMBERS[1] ?? ''])).toEqual([
      { phoneNumber: NUMBERS[0], code: '403' },
      { phoneNumber: NUMBERS[1], code: '200' },
    ]);
    await phone(3).groups.change(id, {
      subject: 'Ours',
      description: 'all of us',
      joinApproval: true,
      locked: true,
    });
    expect(await budi.socket().groupMetadata(id)).toMatchObject({
      subject: 'Ours',
      desc: 'all of us',
      restrict: true,
    });
    const code = await phone(3).groups.inviteCode(id, 'show');
    expect(await phone(2).groups.join(code)).toBeNull();
    expect(await phone(3).groups.decide(id, 'approve', [NUMBERS[2] ?? ''])).toEqual([
      { phoneNumber: NUMBERS[2], code: '200' },
    ]);
    await cici.joined.waitFor((joined) => joined.id === id);
    await expect(phone(4).groups.inviteCode(id, 'show')).rejects.toMatchObject({ code: 'GROUP_REFUSED' });
    await phone(3).groups.leave(id);
    expect(
      phone(3)
        .groups.list()
        .map(({ subject }) => subject.text),
    ).toEqual(['Five']);
  });
});

describe('a simulator that was killed', () => {
  it('keeps groups, members and sender keys', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sim-groups-'));
    const args = ['--state-dir', directory];
    const [anas = '', budis = ''] = NUMBERS;
    const first = await startSimulatorProcess(args);
    for (const phoneNumber of [anas, budis]) await first.call('POST', '/phones', { phoneNumber });
    const answer = await first.call('POST', `/phones/${anas}/groups`, {
      subject: 'Lasting',
      members: [budis],
    });
    const { id } = Object(Object(answer).group);
    await first.call('POST', `/phones/${anas}/send`, { to: id, text: 'before' });
    await first.stop('SIGKILL');
    const second = await startSimulatorProcess(args);
    expect(await second.call('GET', `/groups/${id}`)).toMatchObject({
      subject: 'Lasting',
      members: [
        { phoneNumber: anas, role: 'superadmin' },
        { phoneNumber: budis, role: 'member' },
      ],
    });
    await second.call('POST', `/phones/${anas}/send`, { to: id, text: 'after' });
    const read = async () => {
      const { messages } = Object(await second.call('GET', `/phones/${budis}/messages?chat=${id}`));
      return messages.map(({ text }: { text: string }) => text);
    };
    await expect.poll(read).toEqual(['before', 'after']);
    await second.stop();
    rmSync(directory, { recursive: true });
  });
});
