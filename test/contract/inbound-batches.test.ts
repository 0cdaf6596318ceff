import { createHash } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { InboundEntry, InboundReader, InboundReading } from '../../src/whatsapp/inbound-reader.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { ReceivedMessage } from '../../src/whatsapp/socket.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { addLinkedDevice, allow, clearHistory, historyOf } from '../support/history.ts';
import { ingestOn, type TestIngest } from '../support/inbound.ts';

const DEVICE = 'ana' as DeviceId;
const OWN = { jid: '6281200000001@s.whatsapp.net' as Jid, lid: '1111111@lid' as Jid };
const BUDI = '6281200000077@s.whatsapp.net' as Jid;

const hashOf = (name: string) => createHash('sha256').update(name).digest();
const message = (id: string, fields: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  waMessageId: id as WaMessageId,
  chat: BUDI,
  chatAlt: null,
  participant: null,
  participantAlt: null,
  fromMe: false,
  pushName: 'Budi',
  type: 'text',
  text: `text of ${id}`,
  quotedWaMessageId: null,
  timestamp: new Date('2026-11-20T08:00:00Z'),
  ...fields,
});
const saying = (each: ReceivedMessage): InboundReading => ({ kind: 'message', message: each });

describeOnEachDatabase('a batch of what was received', (open) => {
  let database: Database;
  let ingest: TestIngest;
  let told: string[];
  let count = 0;

  const take = async (...readings: InboundReading[]): Promise<string[]> => {
    const entries = readings.map((reading): InboundEntry => {
      count += 1;
      return { hash: hashOf(String(count)), reading };
    });
    for (const { hash } of entries) {
      await database.run({
        text: `insert into inbound_journal (device_id, hash, id, author, enc_type, wa_message_id, sealed, state, created_at)
          values (?, ?, ?, 'a', 'msg', 'w', ?, 'new', ?)`,
        params: [DEVICE, hash, String(count).padStart(26, '0'), Buffer.from('sealed'), new Date()],
      });
    }
    const reader: InboundReader = { own: () => OWN, next: async () => entries };
    told = [];
    await ingest.take(DEVICE, reader);
    return told;
  };
  const rowsOf = <Row extends object>(text: string) => database.query<Row>({ text, params: [] });
  const events = () =>
    rowsOf<{ wa_message_id: string }>(
      `select m.wa_message_id from event_log e join received_message m on m.id = e.message_id order by e.seq`,
    ).then((rows) => rows.map(({ wa_message_id }) => wa_message_id));
  const states = () =>
    rowsOf<{ state: string; total: number }>(
      `select state, count(sealed) as total from inbound_journal group by state order by state`,
    ).then((rows) => rows.map(({ state, total }) => [state, Number(total)]));

  beforeEach(async () => {
    database ??= await open();
    await clearHistory(database);
    await database.run({ text: 'delete from inbound_journal', params: [] });
    await addLinkedDevice(database, { deviceId: DEVICE, ...OWN });
    await allow(database, { number: '6281200000001', status: 'aktif' });
    ingest = ingestOn(database);
    ingest.published.subscribe((event) => {
      if (event.type === 'received') told.push(event.message.waMessageId);
    });
  });

  it('tells of what is new in it, once and in order, and of nothing else', async () => {
    expect(await take(saying(message('A')))).toEqual(['A']);
    const again = ['B', 'A', 'C', 'B', 'D'].map((id) => saying(message(id)));
    expect(await take(...again)).toEqual(['B', 'C', 'D']);
    expect(await take(...again)).toEqual([]);
    expect(await events()).toEqual(['A', 'B', 'C', 'D']);
    expect((await historyOf(database, DEVICE)).map(({ text }) => text)).toEqual(
      ['A', 'B', 'C', 'D'].map((id) => `text of ${id}`),
    );
  });

  it('keeps what says something about a message in its place', async () => {
    const about = (type: string, id: string, target: string, text: string | null) =>
      saying(message(id, { type, text, quotedWaMessageId: target as WaMessageId }));
    await take(
      saying(message('A')),
      saying(message('B')),
      about('edit', 'E1', 'A', 'first words'),
      saying(message('C')),
      about('edit', 'E2', 'A', 'last words'),
      about('revoke', 'R1', 'B', null),
      about('reaction', 'X1', 'C', '👍'),
      saying(message('D')),
    );
    const rows = await historyOf(database, DEVICE);
    expect(new Map(rows.map(({ wa_message_id, text }) => [wa_message_id, text]))).toEqual(
      new Map([
        ['A', 'last words'],
        ['B', null],
        ['C', 'text of C'],
        ['D', 'text of D'],
      ]),
    );
    expect(await events()).toEqual(['A', 'B', 'E1', 'C', 'E2', 'R1', 'X1', 'D']);
  });

  it('erases from the journal what was said, and leaves what the library may need', async () => {
    const talk = (about: 'messages' | 'other'): InboundReading => ({ kind: 'device-talk', about });
    await take(
      saying(message('A')),
      { kind: 'nothing' },
      talk('messages'),
      saying(message('B')),
      { kind: 'undecodable' },
      talk('other'),
    );
    expect(await states()).toEqual([
      ['ingested', 0],
      ['skipped', 2],
      ['undecodable', 1],
    ]);
  });

  it('is whole at any size', async () => {
    for (const size of [1, 2, 3, 63, 99]) {
      const ids = Array.from({ length: size }, (_, index) => `${size}/${index}`);
      expect(await take(...ids.map((id) => saying(message(id))))).toEqual(ids);
    }
    expect(await historyOf(database, DEVICE)).toHaveLength(168);
  });
});
