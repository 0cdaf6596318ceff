import type { BinaryNode } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Companion } from '../support/companion.ts';
import { createRecorder, type Recorder } from '../support/recorder.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';
import { ANA, ANAS_DEVICE, BUDI, BUDIS_DEVICE, hangUp, next, pair, textOf } from './server-parties.ts';

const CHAT = `${BUDI}@s.whatsapp.net`;

let simulator: TestSimulator;
let ana: Companion;
let anasOther: Companion;
let budi: Companion;

/** Every stanza of a kind that reaches a companion. */
const listen = (companion: Companion, tag: string): Recorder<BinaryNode> => {
  const stanzas = createRecorder<BinaryNode>();
  companion.socket().ws.on(`CB:${tag}`, (stanza: BinaryNode) => stanzas.add(stanza));
  return stanzas;
};
const lidOf = (phoneNumber: string) => simulator.core.findAccount(phoneNumber)?.lid ?? '';
const send = async (to: string, text: string) => (await ana.socket().sendMessage(to, { text }))?.key.id ?? '';

beforeEach(async () => {
  simulator = await startTestSimulator();
  [ana, budi] = await Promise.all([pair(simulator, ANA), pair(simulator, BUDI)]);
  anasOther = await pair(simulator, ANA);
});
afterEach(async () => {
  await Promise.all([ana.stop(), anasOther.stop(), budi.stop()]);
  await simulator.close();
});

describe('a message', () => {
  it('by phone number tells the recipient the LID of its sender', async () => {
    const messages = listen(budi, 'message');
    const id = await send(CHAT, 'by number');
    const { attrs } = await messages.waitFor((stanza) => stanza.attrs.id === id);
    expect(attrs).toMatchObject({ from: ANAS_DEVICE, sender_lid: `${lidOf(ANA)}@lid`, type: 'text' });
    expect(attrs).not.toHaveProperty('sender_pn');
    expect(attrs).not.toHaveProperty('recipient');
  });

  it('by LID tells the recipient the number of its sender', async () => {
    const messages = listen(budi, 'message');
    const id = await send(`${lidOf(BUDI)}@lid`, 'by LID');
    const { attrs } = await messages.waitFor((stanza) => stanza.attrs.id === id);
    const from = `${lidOf(ANA)}:1@lid`;
    expect(attrs).toMatchObject({ from, sender_pn: `${ANA}@s.whatsapp.net`, addressing_mode: 'lid' });
  });

  it.each(['number', 'LID'])(
    'by %s reaches the other devices of its sender with the chat and nothing more',
    async (by) => {
      const messages = listen(anasOther, 'message');
      const chat = by === 'LID' ? `${lidOf(BUDI)}@lid` : CHAT;
      const id = await send(chat, 'a copy');
      const { attrs } = await messages.waitFor((stanza) => stanza.attrs.id === id);
      expect(attrs.recipient).toBe(chat);
      expect(attrs).not.toHaveProperty('sender_pn');
      expect(attrs).not.toHaveProperty('sender_lid');
      const copy = await anasOther.messages.waitFor((message) => textOf(message) === 'a copy');
      expect(copy.key).toMatchObject({ fromMe: true, remoteJid: chat, id });
      const waiting = await next(
        simulator,
        'receipt',
        (receipt) => receipt.type === 'sender' && receipt.ids.includes(id),
      );
      expect(waiting.from.startsWith(ANA)).toBe(true);
    },
  );

  it('to nobody, to a group and without content is refused', async () => {
    const refusals = listen(ana, 'ack');
    const to = (jid: string, id: string) =>
      ana.socket().sendNode({ tag: 'message', attrs: { id, to: jid, type: 'text' }, content: [] });
    await to('6289999999999@s.whatsapp.net', 'NOBODY');
    await to('12036304@g.us', 'GROUP');
    await to(CHAT, 'EMPTY');
    const codeOf = async (id: string) => (await refusals.waitFor(({ attrs }) => attrs.id === id)).attrs.error;
    expect([await codeOf('NOBODY'), await codeOf('GROUP'), await codeOf('EMPTY')]).toEqual([
      '404',
      '404',
      '479',
    ]);
    expect(simulator.history.of('message').filter(({ recipients }) => recipients === 0)).toHaveLength(3);
  });

  it('that is submitted again is counted and forwarded again', async () => {
    const messageId = 'SAME';
    for (const text of ['once', 'twice']) await ana.socket().sendMessage(CHAT, { text }, { messageId });
    await next(simulator, 'message', ({ id, submission }) => id === messageId && submission === 2);
    await budi.messages.waitFor((message) => textOf(message) === 'twice');
  });

  it('from somebody who is blocked is taken and goes nowhere', async () => {
    await send(CHAT, 'before');
    await budi.messages.waitFor((message) => textOf(message) === 'before');
    await budi.socket().updateBlockStatus(`${ANA}@s.whatsapp.net`, 'block');
    const blocked = await send(CHAT, 'blocked');
    await next(simulator, 'ack', ({ id, error }) => id === blocked && error === null);
    await budi.socket().updateBlockStatus(`${ANA}@s.whatsapp.net`, 'unblock');
    await send(CHAT, 'after');
    await budi.messages.waitFor((message) => textOf(message) === 'after');
    const texts = simulator
      .phone(BUDI)
      .messages()
      .map(({ text }) => text);
    expect(texts).toEqual(['before', 'after']);
  });
});

describe('a receipt', () => {
  it('of a device without a name is a plain delivery to the sender', async () => {
    const receipts = listen(ana, 'receipt');
    const id = await send(CHAT, 'hello');
    const inactive = await next(
      simulator,
      'receipt',
      ({ type, ids }) => type === 'inactive' && ids.includes(id),
    );
    expect(inactive.from).toBe(BUDIS_DEVICE);
    const { attrs } = await receipts.waitFor(
      (stanza) => stanza.attrs.id === id && stanza.attrs.from === CHAT,
    );
    expect(attrs).not.toHaveProperty('type');
  });

  it('that something was read also tells the other devices of the reader', async () => {
    simulator.phone(ANA);
    const { id } = await simulator.phone(BUDI).sendText(ANA, 'read me');
    const { key } = await ana.messages.waitFor((message) => textOf(message) === 'read me');
    const receipts = listen(anasOther, 'receipt');
    await ana.socket().readMessages([key]);
    await waitForMessage(simulator.phone(BUDI), (message) => message.id === id && message.status === 'read');
    const { attrs } = await receipts.waitFor((stanza) => stanza.attrs.type === 'read');
    expect(attrs).toMatchObject({ id, recipient: `${lidOf(BUDI)}@lid`, from: `${lidOf(ANA)}@lid` });
  });

  it('that waits for a device which is away finds it later', async () => {
    await hangUp(simulator, ana);
    ana.connect();
    await ana.opened(2);
    const id = await send(CHAT, 'then gone');
    await next(simulator, 'ack', (ack) => ack.id === id);
    simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'cut' });
    await next(simulator, 'connection-closed', ({ reason }) => reason === 'fault');
    const stored = await waitForMessage(simulator.phone(BUDI), (message) => message.id === id);
    // Clients take the last status of a batch for the newest, so the delivery has to come before the reading.
    await next(simulator, 'receipt', ({ from, ids }) => from === BUDIS_DEVICE && ids.includes(id));
    await simulator.phone(BUDI).markRead([stored.id]);
    ana.connect();
    await ana.updates.waitFor(({ key, update }) => key.id === id && update.status === 4);
  });
});

describe('the devices of a person', () => {
  it('are announced to contacts when one comes or goes', async () => {
    await send(CHAT, 'now we know each other');
    await budi.messages.waitFor((message) => textOf(message) === 'now we know each other');
    const notifications = listen(budi, 'notification');
    const third = await pair(simulator, ANA);
    const changeOf = async (change: string) =>
      notifications.waitFor(
        ({ attrs, content }) =>
          attrs.type === 'devices' && Array.isArray(content) && content[0]?.tag === change,
      );
    expect((await changeOf('add')).attrs.from).toBe(`${ANA}@s.whatsapp.net`);
    await simulator.core.removeDevice(ANA, 3);
    await changeOf('remove');
    await third.stop();
  });

  it('share what one of them writes into the app state', async () => {
    const update = anasOther.socket().ev;
    const archived = new Promise((resolve) =>
      update.on('chats.update', (chats) => {
        if (chats.some((chat) => chat.archived)) resolve(chats);
      }),
    );
    await send(CHAT, 'archive me');
    const lastMessages = [{ key: { remoteJid: CHAT, id: 'X', fromMe: true }, messageTimestamp: 1 }];
    await ana.socket().chatModify({ archive: true, lastMessages }, CHAT);
    await archived;
    await anasOther.socket().chatModify({ archive: false, lastMessages }, CHAT);
  });
});

describe('presence', () => {
  it('reaches those who asked for it, and typing those it is for', async () => {
    const presences = listen(ana, 'presence');
    const states = listen(ana, 'chatstate');
    budi.auth.creds.me = { id: BUDIS_DEVICE, ...budi.auth.creds.me, name: 'Budi' };
    await ana.socket().presenceSubscribe(CHAT);
    await budi.socket().sendPresenceUpdate('available');
    await presences.waitFor(({ attrs }) => attrs.from === CHAT && attrs.type === 'available');
    await budi.socket().sendPresenceUpdate('composing', `${ANA}@s.whatsapp.net`);
    await states.waitFor(({ attrs }) => attrs.from === CHAT);
    await budi.socket().sendPresenceUpdate('unavailable');
    await presences.waitFor(({ attrs }) => attrs.from === CHAT && attrs.type === 'unavailable');
  });
});
