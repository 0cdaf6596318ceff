import type { BinaryNode } from '@whiskeysockets/baileys';
import { beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import {
  type Contact,
  clearReceiver,
  createContact,
  mortalDatabase,
  openReceiver,
  type Receiver,
  type Stanza,
  type Storage,
  storageFor,
} from '../support/inbound-parties.ts';

const GROUP = '120363000000000001@g.us';
const CITRA = '6281230000077@s.whatsapp.net';
const CITRA_LID = '777000777@lid';

describeOnEachDatabase('the inbound journal', (open) => {
  let database: Database;
  let storage: Storage;
  let receiver: Receiver;
  let citra: Contact;

  const reopen = async (journal: 'on' | 'off' = 'on') => {
    receiver = await openReceiver(database, storage, { journal });
  };
  const direct = async (id: string, text: string): Promise<Stanza> => ({
    id,
    from: citra.jid,
    enc: [await citra.encrypt(receiver, { conversation: text })],
  });
  const group = async (id: string, text: string, parts: readonly BinaryNode[] = []): Promise<Stanza> => {
    const enc = [...parts, await citra.encryptForGroup(GROUP, text)];
    return { id, from: GROUP, participant: citra.jid, enc };
  };
  const firstInGroup = async (id: string, text: string) =>
    group(id, text, [await citra.encrypt(receiver, await citra.distribution(GROUP))]);
  const stored = () =>
    database.query<{ text: string | null; wa_message_id: string; chat_jid: string; from_me: number }>({
      text: 'select text, wa_message_id, chat_jid, from_me from received_message order by id',
      params: [],
    });
  const journal = () =>
    database.query<{ state: string; sealed: Buffer | null; enc_type: string }>({
      text: 'select state, sealed, enc_type from inbound_journal order by created_at, id',
      params: [],
    });

  /** Everything so far is so many days old when the next message comes. */
  const passDays = async (days: number) => {
    const then = new Date(Date.now() - days * 86_400_000);
    await database.run({ text: 'update inbound_journal set created_at = ?', params: [then] });
    await reopen();
    await receiver.receive(await direct('LATER', 'later'));
    await receiver.ingest();
  };

  beforeEach(async () => {
    database ??= await open();
    await clearReceiver(database);
    storage = storageFor();
    await reopen();
    citra = createContact(CITRA);
    await citra.meet(receiver);
  });

  it('answers a ciphertext whose key is spent, from the journal and then emptily', async () => {
    const stanza = await direct('M1', 'hello');
    expect(await receiver.receive(stanza)).toMatchObject({ message: { message: { conversation: 'hello' } } });
    await reopen();
    const again = await receiver.receive(stanza);
    expect(again).toMatchObject({ failure: null, message: { message: { conversation: 'hello' } } });
    await receiver.ingest();
    expect(await stored()).toMatchObject([{ text: 'hello', wa_message_id: 'M1', chat_jid: CITRA }]);
    expect(await journal()).toMatchObject([{ state: 'ingested', sealed: null }]);
    expect((await receiver.receive(stanza)).failure).toBeNull();
    await receiver.ingest();
    expect(await stored()).toHaveLength(1);
  });

  it('without it the same redelivery fails', async () => {
    await reopen('off');
    const stanza = await direct('M1', 'hello');
    await receiver.receive(stanza);
    await reopen('off');
    expect((await receiver.receive(stanza)).failure).toContain('Key used already');
  });

  it('keeps nothing readable at rest', async () => {
    await receiver.receive(await direct('M1', 'a secret in the journal'));
    const [row] = await journal();
    expect(row?.sealed?.includes('a secret')).toBe(false);
    expect(row?.sealed?.includes(CITRA)).toBe(false);
  });

  it('trap 1: a redelivered group stanza is whole, though its first part is spent', async () => {
    const stanza = await firstInGroup('G1', 'to all');
    for (let round = 0; round < 3; round += 1) {
      const { failure, message } = await receiver.receive(stanza);
      expect({ failure, text: message.message?.conversation }).toEqual({ failure: null, text: 'to all' });
      await reopen();
    }
    await receiver.ingest();
    expect(await stored()).toMatchObject([{ text: 'to all', chat_jid: GROUP }]);
    expect((await journal()).map(({ state, enc_type }) => `${enc_type} ${state}`)).toEqual([
      'pkmsg skipped',
      'skmsg ingested',
    ]);
  });

  it('trap 1, the library alone: the message is lost', async () => {
    await reopen('off');
    const stanza = await firstInGroup('G1', 'to all');
    await receiver.receive({ ...stanza, enc: stanza.enc.slice(0, 1) });
    await reopen('off');
    expect((await receiver.receive(stanza)).failure).toContain('Key used already');
  });

  it('trap 4: group messages out of order decrypt, also after a restart', async () => {
    await receiver.receive(await firstInGroup('G1', 'one'));
    const second = await group('G2', 'two');
    await receiver.receive(await group('G3', 'three'));
    await reopen();
    expect((await receiver.receive(second)).failure).toBeNull();
    await receiver.ingest();
    expect((await stored()).map(({ text }) => text)).toEqual(['one', 'three', 'two']);
  });

  it('trap 5: a repeated distribution changes nothing, and a spent message stays spent', async () => {
    const distribution = await citra.distribution(GROUP);
    const stanza = await group('G1', 'one', [await citra.encrypt(receiver, distribution)]);
    await receiver.receive(stanza);
    const item = distribution.senderKeyDistributionMessage ?? {};
    for (let round = 0; round < 5; round += 1)
      await receiver.repository.processSenderKeyDistributionMessage({ authorJid: citra.jid, item });
    const replayed = await receiver.receive({ ...stanza, id: 'G9', enc: stanza.enc.slice(1) });
    expect(replayed.failure).toContain('old counter');
    expect((await receiver.receive(await group('G2', 'two'))).failure).toBeNull();
  });

  it('trap 6: a first message of another identity that fails leaves the session whole', async () => {
    await receiver.receive(await direct('M1', 'one'));
    const stranger = createContact(CITRA);
    await stranger.meet(receiver);
    const enc = await stranger.encrypt(receiver, { conversation: 'not me' });
    const bytes = Buffer.from(enc.content as Uint8Array);
    const cut = { ...enc, content: bytes.subarray(0, bytes.length - 40) };
    expect((await receiver.receive({ id: 'X1', from: CITRA, enc: [cut] })).failure).not.toBeNull();
    expect((await receiver.receive(await direct('M2', 'two'))).failure).toBeNull();
  });

  it('trap 7: a session left under the phone number is found at the LID', async () => {
    await receiver.receive(await direct('M1', 'by number'));
    await reopen();
    await receiver.repository.lidMapping.storeLIDPNMappings([{ lid: CITRA_LID, pn: CITRA }]);
    const stanza = { ...(await direct('M2', 'by LID')), from: CITRA_LID };
    expect((await receiver.receive(stanza)).failure).toBeNull();
    const sessions = await receiver.auth.keys.get('session', ['6281230000077.0', '777000777_1.0']);
    expect(Object.keys(sessions)).toEqual(['777000777_1.0']);
  });

  it('traps 10 and 15: a failing store closes the socket first, and the same ciphertext decrypts later', async () => {
    const stanza = await direct('M1', 'hello');
    const mortal = mortalDatabase(database, { side: 'before', commit: 1 });
    const dying = await openReceiver(mortal.database, storage);
    const order: string[] = [];
    dying.auth.onFailure((failure) => order.push(failure));
    mortal.arm();
    const { failure } = await dying.receive(stanza);
    order.push('the library hears of it');
    expect(failure).not.toBeNull();
    expect(order).toEqual(['store-unavailable', 'the library hears of it']);
    await reopen();
    expect((await receiver.receive(stanza)).failure).toBeNull();
  });

  it('trap 12: our own number is never paired with the LID of somebody else', async () => {
    const own = '6281230000001';
    await receiver.repository.lidMapping.storeLIDPNMappings([
      { lid: CITRA_LID, pn: `${own}@s.whatsapp.net` },
      { lid: CITRA_LID, pn: CITRA },
    ]);
    const known = await receiver.auth.keys.get('lid-mapping', [own, '6281230000077']);
    expect(known).toEqual({ '6281230000077': '777000777' });
  });

  it('trap 14: two spellings of one address never use a message key twice', async () => {
    await receiver.receive(await direct('M1', 'hello'));
    const data = Buffer.from([1]);
    const jids = ['6281230000077@s.whatsapp.net', '6281230000077:0@s.whatsapp.net'];
    const sent = await Promise.all(
      [...jids, ...jids, ...jids].map((jid) => receiver.repository.encryptMessage({ jid, data })),
    );
    for (const { type, ciphertext } of sent) {
      const request = { jid: receiver.jid, type, ciphertext };
      expect(await citra.repository.decryptMessage(request)).toHaveLength(1);
    }
  });

  it('trap 17: an old ciphertext under another id or author is not answered from the journal', async () => {
    const stanza = await direct('M1', 'hello');
    await receiver.receive(stanza);
    expect((await receiver.receive({ ...stanza, id: 'M2' })).failure).not.toBeNull();
    expect(
      (await receiver.receive({ ...stanza, from: '6281230000088@s.whatsapp.net' })).failure,
    ).not.toBeNull();
    await receiver.ingest();
    expect(await stored()).toHaveLength(1);
  });

  it('records what it could not decrypt, and takes it when it can', async () => {
    const first = await firstInGroup('G1', 'one');
    const second = await group('G2', 'two');
    expect((await receiver.receive(second)).failure).not.toBeNull();
    await receiver.ingest();
    expect(await journal()).toMatchObject([{ state: 'undecryptable', sealed: null }]);
    await receiver.receive(first);
    expect((await receiver.receive(second)).failure).toBeNull();
    await receiver.ingest();
    expect((await stored()).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  for (const mode of ['on', 'off'] as const) {
    const words = mode === 'on' ? 'loses nothing' : 'loses it at some, without the journal';
    it(`a group stanza of a stranger whose process dies at any commit: ${words}`, async () => {
      const lost: string[] = [];
      for (let commit = 1, reached = true; reached; commit += 1) {
        for (const side of ['before', 'after'] as const) {
          citra = createContact(`62812${commit}${side.length}@s.whatsapp.net`);
          await citra.meet(receiver);
          const stanza = await firstInGroup(`G${commit}${side}`, `${side} ${commit}`);
          const mortal = mortalDatabase(database, { side, commit });
          const dying = await openReceiver(mortal.database, storage, { journal: mode });
          mortal.arm();
          await dying.receive(stanza).catch(() => {});
          await dying.ingest().catch(() => {});
          await dying.auth.flush().catch(() => {});
          reached = mortal.isDead();
          await reopen(mode);
          await receiver.ingest();
          const { failure } = await receiver.receive(stanza);
          await receiver.ingest();
          const times = (await stored()).filter(({ text }) => text === `${side} ${commit}`).length;
          if (mode === 'on') expect(times).toBe(1);
          else if (failure?.includes('already')) lost.push(`${side} ${commit}`);
        }
      }
      expect(lost.length > 0).toBe(mode === 'off');
    });
  }

  it('unwraps copies of our own messages', async () => {
    const { id = '' } = receiver.auth.creds.me ?? {};
    const phone = createContact(id.replace(/:\d+/, ''));
    await phone.meet(receiver);
    const message = { conversation: 'from my phone' };
    const enc = [await phone.encrypt(receiver, { deviceSentMessage: { destinationJid: CITRA, message } })];
    await receiver.receive({ id: 'O1', from: phone.jid, attrs: { recipient: CITRA }, enc });
    await receiver.ingest();
    expect(await stored()).toMatchObject([{ text: 'from my phone', chat_jid: CITRA, from_me: 1 }]);
  });

  it('marks what is no message and never tries it again', async () => {
    const stanza = await direct('M1', 'hello');
    await receiver.receive(stanza);
    await database.run({ text: 'update inbound_journal set sealed = ?', params: [Buffer.alloc(60, 1)] });
    await receiver.ingest();
    expect(await journal()).toMatchObject([{ state: 'undecodable' }]);
    await receiver.ingest();
    expect(await stored()).toEqual([]);
  });

  it('keeps what the phone told the device for a week, for the library to read again', async () => {
    const phone = createContact(receiver.jid.replace(/:\d+/, ''));
    await phone.meet(receiver);
    const talk = { protocolMessage: { type: 5, historySyncNotification: { fileLength: 1 } } };
    const enc = [await phone.encrypt(receiver, talk)];
    const stanza = { id: 'P1', from: phone.jid, attrs: { category: 'peer' }, enc };
    await receiver.receive(stanza);
    await receiver.ingest();
    await reopen();
    const { message } = await receiver.receive(stanza);
    expect(message.message?.protocolMessage?.historySyncNotification).toBeDefined();
    expect(await journal()).toMatchObject([{ state: 'skipped' }]);
    await passDays(8);
    expect(await journal()).toMatchObject([{ state: 'skipped', sealed: null }, { state: 'ingested' }]);
    expect(await stored()).toMatchObject([{ text: 'later' }]);
  });

  it('forgets hashes after thirty days', async () => {
    await receiver.receive(await direct('M1', 'hello'));
    await receiver.ingest();
    await passDays(31);
    expect(await journal()).toHaveLength(1);
    expect(await stored()).toHaveLength(2);
  });
});
