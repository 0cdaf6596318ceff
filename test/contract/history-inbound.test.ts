import type { proto } from '@whiskeysockets/baileys';
import { beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { parseJid } from '../../src/whatsapp/jid.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { addLinkedDevice, allow, chatsOf, clearHistory, historyOf, tablesWith } from '../support/history.ts';
import {
  type Contact,
  clearReceiver,
  createContact,
  DEVICE,
  mortalDatabase,
  openReceiver,
  type Receiver,
  type Storage,
  storageFor,
} from '../support/inbound-parties.ts';

const OWN = '6281230000001';
const GROUP = '120363000000000001@g.us';
const CITRA = '6281230000077@s.whatsapp.net';
const CITRA_LID = '777000777@lid';
const DEWI = '6281230000088@s.whatsapp.net';

describeOnEachDatabase('history of what is received', (open) => {
  let database: Database;
  let storage: Storage;
  let receiver: Receiver;
  let citra: Contact;
  let count = 0;

  const say = async (
    content: proto.IMessage,
    stanza: { id?: string; from?: string; attrs?: Record<string, string> } = {},
  ) => {
    count += 1;
    const { id = `M${count}`, from = citra.jid, attrs = {} } = stanza;
    const enc = [await citra.encrypt(receiver, content)];
    const sent = { id, from, attrs: { t: String(1_790_000_000 + count), ...attrs }, enc };
    expect((await receiver.receive(sent)).failure).toBeNull();
    await receiver.ingest();
    return { ...sent, again: () => receiver.receive(sent) };
  };
  const history = () => historyOf(database, DEVICE);
  const about = (type: 'edit' | 'revoke', id: string, text?: string): proto.IMessage => ({
    protocolMessage: {
      type: type === 'edit' ? 14 : 0,
      key: { remoteJid: CITRA, fromMe: true, id },
      ...(text !== undefined && { editedMessage: { conversation: text } }),
    },
  });

  beforeEach(async () => {
    database ??= await open();
    await clearReceiver(database);
    await clearHistory(database);
    storage = storageFor();
    receiver = await openReceiver(database, storage);
    const { id = '', lid = '' } = receiver.auth.creds.me ?? {};
    await addLinkedDevice(database, { deviceId: DEVICE, jid: parseJid(id) ?? never(), lid: parseJid(lid) });
    citra = createContact(CITRA);
    await citra.meet(receiver);
    await allow(database, { number: OWN, status: 'aktif' });
  });

  it('is kept once, with numbers, its chat and its event', async () => {
    const sent = await say({ conversation: 'hello' }, { attrs: { notify: 'Citra' } });
    await sent.again();
    await receiver.ingest();
    expect(await history()).toMatchObject([
      {
        chat_jid: CITRA,
        direction: 'in',
        own_number: OWN,
        sender_number: '6281230000077',
        receiver_number: OWN,
        contact_number: '6281230000077',
        type: 'text',
        text: 'hello',
        status: null,
        source: 'live',
      },
    ]);
    expect(await chatsOf(database, DEVICE)).toEqual([
      { chat_jid: CITRA, lid: null, phone_number: '6281230000077', name: 'Citra' },
    ]);
    const events = await database.query<{ type: string; data: string }>({
      text: 'select type, data from event_log',
      params: [],
    });
    expect(events).toMatchObject([{ type: 'message' }]);
    expect(await tablesWith(database, 'hello')).toEqual(['history_message', 'received_message']);
  });

  it('is not kept where nobody decided about the number, and nowhere where it is switched off', async () => {
    await allow(database, { number: OWN, status: null });
    await receiver.forgetRules();
    await say({ conversation: 'only recent' });
    expect(await tablesWith(database, 'only recent')).toEqual(['received_message']);
    await allow(database, { number: OWN, status: 'nonaktif' });
    await say({ extendedTextMessage: { text: 'never kept' } }, { attrs: { notify: 'Nobody' } });
    expect(await tablesWith(database, 'never kept')).toEqual([]);
    expect(await tablesWith(database, 'Nobody')).toEqual([]);
    expect(await history()).toEqual([]);
    const rows = await database.query({ text: 'select id from received_message', params: [] });
    expect(rows).toHaveLength(2);
  });

  it('stops at once when another process switches the number off, and begins when one switches it on', async () => {
    await say({ conversation: 'before' });
    await allow(database, { number: OWN, status: 'nonaktif' });
    await say({ conversation: 'between' });
    await allow(database, { number: OWN, status: 'aktif' });
    await say({ conversation: 'after' });
    expect((await history()).map(({ text }) => text)).toEqual(['before', 'after']);
    expect(await tablesWith(database, 'between')).toEqual([]);
  });

  it('changes with edits, revokes and reactions', async () => {
    await say({ conversation: 'frist' }, { id: 'A1' });
    await say(about('edit', 'A1', 'first'));
    await say({ conversation: 'a mistake' }, { id: 'A2' });
    await say(about('revoke', 'A2'));
    await say({ reactionMessage: { key: { id: 'A1', remoteJid: CITRA, fromMe: true }, text: '\u{1F44D}' } });
    const [first, second, ...rest] = await history();
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ text: 'first', edited_at: expect.any(Date), wa_message_id: 'A1' });
    expect(JSON.parse(first?.reactions ?? '')).toEqual({ [CITRA]: '\u{1F44D}' });
    expect(second).toMatchObject({ text: null, revoked_at: expect.any(Date) });
    await say({ reactionMessage: { key: { id: 'A1', remoteJid: CITRA, fromMe: true }, text: '' } });
    expect(JSON.parse((await history())[0]?.reactions ?? '')).toEqual({});
    expect(await tablesWith(database, 'a mistake')).toEqual(['received_message']);
  });

  it('takes an edit, a revoke and a reaction that come before their message', async () => {
    await say(about('edit', 'B1', 'new words'));
    await say(about('revoke', 'B2'));
    await say({ reactionMessage: { key: { id: 'B3', remoteJid: CITRA, fromMe: true }, text: '\u{2764}' } });
    expect((await history()).map(({ type }) => type)).toEqual(['edit', 'revoke', 'reaction']);
    await say({ conversation: 'old words' }, { id: 'B1' });
    await say({ conversation: 'taken back' }, { id: 'B2' });
    const rows = await history();
    expect(rows.find(({ wa_message_id }) => wa_message_id === 'B1')).toMatchObject({
      type: 'text',
      text: 'new words',
    });
    expect(rows.find(({ wa_message_id }) => wa_message_id === 'B2')).toMatchObject({
      type: 'text',
      text: null,
    });
    expect(await history()).toHaveLength(3);
  });

  it('believes an edit of the author only', async () => {
    await say({ conversation: 'mine' }, { id: 'C1' });
    const dewi = createContact(DEWI);
    await dewi.meet(receiver);
    const enc = [await dewi.encrypt(receiver, about('edit', 'C1', 'not mine'))];
    await receiver.receive({ id: 'C2', from: DEWI, enc });
    await receiver.ingest();
    expect((await history()).find(({ chat_jid }) => chat_jid === CITRA)?.text).toBe('mine');
  });

  it('keeps a group message under its author, and what an attachment is without its keys', async () => {
    const enc = [
      await citra.encrypt(receiver, await citra.distribution(GROUP)),
      await citra.encryptForGroup(GROUP, 'to all'),
    ];
    await receiver.receive({ id: 'G1', from: GROUP, participant: CITRA, enc });
    await receiver.ingest();
    await say({
      imageMessage: {
        caption: 'a view',
        mimetype: 'image/jpeg',
        fileLength: 1234,
        width: 4,
        height: 3,
        mediaKey: Buffer.from('the key'),
      },
    });
    const [group, image] = await history();
    expect(group).toMatchObject({
      chat_jid: GROUP,
      participant_jid: CITRA,
      contact_number: null,
      receiver_number: null,
    });
    expect(group?.sender_number).toBe('6281230000077');
    expect(JSON.parse(image?.media ?? '')).toEqual({
      mimetype: 'image/jpeg',
      fileName: null,
      sizeBytes: 1234,
      seconds: null,
      width: 4,
      height: 3,
    });
  });

  it('is one chat, whether it came by number or by hidden id', async () => {
    await say({ conversation: 'by hidden id' }, { from: CITRA_LID });
    expect((await history())[0]).toMatchObject({
      chat_jid: CITRA_LID,
      sender_number: null,
      contact_number: null,
    });
    await say({ conversation: 'with both' }, { from: CITRA_LID, attrs: { sender_pn: CITRA } });
    await receiver.repository.lidMapping.storeLIDPNMappings([{ lid: CITRA_LID, pn: CITRA }]);
    await say({ conversation: 'by number' });
    const rows = await history();
    expect(rows.map(({ chat_jid, sender_number }) => [chat_jid, sender_number])).toEqual(
      rows.map(() => [CITRA, '6281230000077']),
    );
    expect(rows).toHaveLength(3);
    expect(await chatsOf(database, DEVICE)).toMatchObject([{ chat_jid: CITRA, lid: CITRA_LID }]);
  });

  it('is whole and told once, at whichever commit the process dies', async () => {
    for (let commit = 1, reached = true; reached; commit += 1) {
      for (const side of ['before', 'after'] as const) {
        const id = `K${commit}${side}`;
        const enc = [await citra.encrypt(receiver, { conversation: id })];
        const stanza = { id, from: citra.jid, enc };
        const mortal = mortalDatabase(database, { side, commit });
        const dying = await openReceiver(mortal.database, storage);
        mortal.arm();
        await dying.receive(stanza).catch(() => {});
        await dying.ingest().catch(() => {});
        await dying.auth.flush().catch(() => {});
        reached = mortal.isDead();
        receiver = await openReceiver(database, storage);
        await receiver.ingest();
        await receiver.receive(stanza);
        await receiver.ingest();
        const counts = await database.query<{ kept: number; told: number; received: number }>({
          text: `select (select count(*) from history_message where wa_message_id = ?) as kept,
            (select count(*) from received_message where wa_message_id = ?) as received,
            (select count(*) from event_log e join received_message r on r.id = e.message_id
              where r.wa_message_id = ?) as told`,
          params: [id, id, id],
        });
        expect(counts.map((each) => [each.kept, each.received, each.told].map(Number))).toEqual([[1, 1, 1]]);
      }
    }
  });

  it('finds the number behind a copy of our own message to a hidden id', async () => {
    await receiver.repository.lidMapping.storeLIDPNMappings([{ lid: CITRA_LID, pn: CITRA }]);
    const phone = createContact(`${OWN}@s.whatsapp.net`);
    await phone.meet(receiver);
    const message = { conversation: 'from my phone' };
    const enc = [
      await phone.encrypt(receiver, { deviceSentMessage: { destinationJid: CITRA_LID, message } }),
    ];
    await receiver.receive({ id: 'O1', from: phone.jid, attrs: { recipient: CITRA_LID }, enc });
    await receiver.ingest();
    expect(await history()).toMatchObject([
      {
        direction: 'out',
        chat_jid: CITRA,
        sender_number: OWN,
        receiver_number: '6281230000077',
        status: 'server_ack',
      },
    ]);
    const [recent] = await database.query<{ chat_alt: string }>({
      text: 'select chat_alt from received_message',
      params: [],
    });
    expect(recent?.chat_alt).toBe(CITRA);
  });
});

function never(): never {
  throw new Error('the receiver has no address');
}
