import type { WAMessage } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const DELIVERED = 3;
const READ = 4;

let simulator: TestSimulator;
let ana: Phone;
let budi: Phone;
let anasDevice: Companion;
let budisDevice: Companion;

const pair = async (phone: Phone): Promise<Companion> => {
  const companion = createCompanion({ url: simulator.url });
  companion.connect();
  await phone.scanQr(await companion.nextQr());
  await companion.synced();
  return companion;
};
const hasText = (text: string) => (message: WAMessage) =>
  (message.message?.conversation ?? message.message?.extendedTextMessage?.text) === text;

beforeEach(async () => {
  simulator = await startTestSimulator();
  ana = simulator.phone(ANA, 'Ana');
  budi = simulator.phone(BUDI, 'Budi');
  [anasDevice, budisDevice] = await Promise.all([pair(ana), pair(budi)]);
});
afterEach(async () => {
  await Promise.all([anasDevice.stop(), budisDevice.stop()]);
  await simulator.close();
});

describe('a text between linked devices', () => {
  it('reaches the other device, the other phone and the own phone, decrypted', async () => {
    await anasDevice.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'hello Budi' });
    const arrived = await budisDevice.messages.waitFor(hasText('hello Budi'));
    expect(arrived.pushName).toBe('Ana');
    expect(await waitForMessage(budi, ({ text }) => text === 'hello Budi')).toMatchObject({
      direction: 'received',
      peer: ANA,
      kind: 'text',
    });
    expect(await waitForMessage(ana, ({ text }) => text === 'hello Budi')).toMatchObject({
      direction: 'own-copy',
      peer: BUDI,
    });
  });

  it('comes back as delivered, then as read when the phone reads it', async () => {
    const sent = await anasDevice.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'read me' });
    const id = sent?.key.id ?? '';
    await anasDevice.updates.waitFor(({ key, update }) => key.id === id && update.status === DELIVERED);
    await waitForMessage(budi, (message) => message.id === id);
    await budi.markRead([id]);
    await anasDevice.updates.waitFor(({ key, update }) => key.id === id && update.status === READ);
    expect(budi.messages().find((message) => message.id === id)?.status).toBe('read');
  });

  it('is read on the other device', async () => {
    const sent = await anasDevice.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'read me there' });
    const { key } = await budisDevice.messages.waitFor(hasText('read me there'));
    await budisDevice.socket().readMessages([key]);
    await anasDevice.updates.waitFor(
      (update) => update.key.id === sent?.key.id && update.update.status === READ,
    );
  });
});

describe('two linked devices of one person', () => {
  it('both get what comes, and each what the other sends', async () => {
    const tablet = await pair(ana);
    expect(simulator.core.findAccount(ANA)?.devices.map(({ device }) => device)).toEqual([1, 2]);
    await budi.sendText(ANA, 'to all of you');
    await anasDevice.messages.waitFor(hasText('to all of you'));
    await tablet.messages.waitFor(hasText('to all of you'));

    await tablet.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'from the tablet' });
    const copy = await anasDevice.messages.waitFor(hasText('from the tablet'));
    expect(copy.key.fromMe).toBe(true);
    await waitForMessage(budi, ({ text }) => text === 'from the tablet');
    await tablet.stop();
  });

  it('of which one is unlinked: the other goes on', async () => {
    const tablet = await pair(ana);
    await ana.removeDevice(2);
    await tablet.closes.waitFor((code) => code === 401);
    await budi.sendText(ANA, 'to the one that is left');
    await anasDevice.messages.waitFor(hasText('to the one that is left'));
  });
});

describe('a text from a phone', () => {
  it.each(['lid', 'pn'] as const)('reaches both devices, addressed by %s', async (addressing) => {
    const text = `from the phone by ${addressing}`;
    const sent = await budi.sendText(ANA, text, { addressing });
    expect(sent.status).toBe('sent');
    const atAna = await anasDevice.messages.waitFor(hasText(text));
    expect(atAna.key.fromMe).toBe(false);
    expect(atAna.key.remoteJid).toMatch(addressing === 'lid' ? /^\d+@lid$/ : /^\d+@s\.whatsapp\.net$/);
    const copy = await budisDevice.messages.waitFor(hasText(text));
    expect(copy.key).toMatchObject({ fromMe: true, id: sent.id });
    await waitForMessage(budi, ({ id, status }) => id === sent.id && status === 'delivered');
  });

  it('is seen read when the device reads it', async () => {
    const { id } = await budi.sendText(ANA, 'please read');
    const { key } = await anasDevice.messages.waitFor(hasText('please read'));
    await anasDevice.socket().readMessages([key]);
    await waitForMessage(budi, (message) => message.id === id && message.status === 'read');
  });

  it('is answered in the chat it came by', async () => {
    await budi.sendText(ANA, 'question', { addressing: 'lid' });
    const { key } = await anasDevice.messages.waitFor(hasText('question'));
    await anasDevice.socket().sendMessage(key.remoteJid ?? '', { text: 'answer' });
    const { id, peer } = await waitForMessage(budi, ({ text }) => text === 'answer');
    expect(peer).toBe(ANA);
    await budi.reply(id, 'thanks');
    await anasDevice.messages.waitFor(hasText('thanks'));
  });

  it('is sent again, under its id, to a device that could not read it', async () => {
    simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target: { phoneNumber: ANA, device: 1 } });
    const { id } = await budi.sendText(ANA, 'damaged on the way');
    const arrived = await anasDevice.messages.waitFor(hasText('damaged on the way'));
    expect(arrived.key.id).toBe(id);
  });

  it('is refused when nobody has the number', async () => {
    await expect(budi.sendText('6289999999999', 'hello?')).rejects.toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
    });
  });
});

describe('a phone with a script', () => {
  it('answers what it was told to answer', async () => {
    budi.setAutoReply({ match: 'price', text: 'you asked: {text}' });
    const chat = `${BUDI}@s.whatsapp.net`;
    await anasDevice.socket().sendMessage(chat, { text: 'the weather?' });
    await anasDevice.socket().sendMessage(chat, { text: 'the price?' });
    await anasDevice.messages.waitFor(hasText('you asked: the price?'));
    expect(anasDevice.messages.all.filter(hasText('you asked: the weather?'))).toEqual([]);
  });

  it('keeps quiet about deliveries when it is told to', async () => {
    budi.setDeliveryReceipts('off');
    const sent = await anasDevice.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'silence' });
    await waitForMessage(budi, ({ text }) => text === 'silence');
    const receipts = simulator.history.of('receipt').filter(({ ids }) => ids.includes(sent?.key.id ?? ''));
    expect(receipts.filter(({ from }) => from === `${BUDI}@s.whatsapp.net`)).toEqual([]);
  });
});
