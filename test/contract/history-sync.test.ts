import { beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import type { HistoryRepository } from '../../src/history/history-repository.ts';
import { type HistorySync, startHistorySync } from '../../src/history/history-sync.ts';
import { startHistoryUpkeep } from '../../src/history/history-upkeep.ts';
import { createRetentionRepository } from '../../src/history/retention-repository.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createIds, type DeviceId, type WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { HistoryChunk, ReceivedMessage } from '../../src/whatsapp/socket.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { addLinkedDevice, allow, chatsOf, clearHistory, historyOf } from '../support/history.ts';
import { ingestOn, type TestIngest } from '../support/inbound.ts';

const DEVICE = 'ana' as DeviceId;
const OWN = { jid: '6281200000001@s.whatsapp.net' as Jid, lid: '1111111@lid' as Jid };
const PN = '6281200000077@s.whatsapp.net' as Jid;
const LID = '777000777@lid' as Jid;
const DAY_MS = 86_400_000;

const ago = (days: number) => new Date(Math.trunc((Date.now() - days * DAY_MS) / 1000) * 1000);
const message = (number: number, fields: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  waMessageId: `S${number}` as WaMessageId,
  chat: PN,
  chatAlt: null,
  participant: null,
  participantAlt: null,
  fromMe: number % 2 === 0,
  pushName: null,
  type: 'text',
  text: `told ${number}`,
  quotedWaMessageId: null,
  timestamp: new Date(ago(1).getTime() + number * 1000),
  ...fields,
});

describeOnEachDatabase('history a phone tells', (open) => {
  let database: Database;
  let ingest: TestIngest;
  let sync: HistorySync;
  let tell: (chunk: Partial<HistoryChunk> & { told?: readonly ReceivedMessage[] }) => Promise<void>;

  const start = (parts: { repository?: HistoryRepository; clock?: Clock } = {}) => {
    const deviceEvents = createEventBus<DeviceEvent>((error) => {
      throw error;
    });
    const [clock, log] = [systemClock, silentLogger];
    const ids = createIds({ clock, random: systemRandom });
    const limits = { messages: 1_200, days: 90 };
    sync = startHistorySync({ ...ingest, deviceEvents, limits, ids, clock, log, ...parts });
    return deviceEvents;
  };

  beforeEach(async () => {
    database ??= await open();
    await clearHistory(database);
    await addLinkedDevice(database, { deviceId: DEVICE, ...OWN });
    await allow(database, { number: '6281200000001', status: 'aktif' });
    ingest = ingestOn(database);
    const deviceEvents = start();
    tell = async ({ told = [], ...rest }) => {
      const chunk = { own: OWN, messages: () => [...told], chats: [], identities: [], ...rest };
      deviceEvents.publish({ type: 'history', deviceId: DEVICE, chunk });
      await sync.drain();
    };
  });
  const history = () => historyOf(database, DEVICE);

  it('is kept whole when the database was away for a while', async () => {
    const chunk = { own: OWN, chats: [], identities: [] };
    const told = Array.from({ length: 1_100 }, (_, number) => message(number));
    const stored = Promise.withResolvers<void>();
    let writes = 0;
    const write: HistoryRepository['write'] = async (...request) => {
      writes += 1;
      if (writes >= 2 && writes <= 4) throw new AppError('DATABASE_UNAVAILABLE');
      await ingest.repository.write(...request);
      if (writes === 6) stored.resolve();
    };
    const clock: Clock = { ...systemClock, after: (_, run) => systemClock.after(0, run) };
    const deviceEvents = start({ repository: { ...ingest.repository, write }, clock });
    deviceEvents.publish({ type: 'history', deviceId: DEVICE, chunk: { ...chunk, messages: () => told } });
    await stored.promise;
    await sync.drain();
    expect(await history()).toHaveLength(1_100);
  });

  it('is kept once, beside what came by itself, and nobody is told', async () => {
    await ingest.keep(DEVICE, message(1), OWN);
    await tell({ told: [message(1), message(2)], chats: [{ jid: PN, name: 'Citra from work' }] });
    await tell({ told: [message(2)] });
    expect((await history()).map(({ text, source, direction }) => [text, source, direction])).toEqual([
      ['told 1', 'live', 'in'],
      ['told 2', 'sync', 'out'],
    ]);
    expect(await chatsOf(database, DEVICE)).toMatchObject([{ chat_jid: PN, name: 'Citra from work' }]);
    const counts = await database.query<{ events: number; recent: number }>({
      text: 'select (select count(*) from event_log) as events, (select count(*) from received_message) as recent',
      params: [],
    });
    expect(counts.map(({ events, recent }) => [Number(events), Number(recent)])).toEqual([[1, 1]]);
  });

  it('is bounded in number and in days, the newest first', async () => {
    const many = Array.from({ length: 1_500 }, (_, number) => message(number));
    await tell({ told: [...many, message(9_999, { timestamp: ago(91) })] });
    const rows = await history();
    expect(rows).toHaveLength(1_200);
    expect(rows.some(({ text }) => text === 'told 1499')).toBe(true);
    expect(rows.some(({ text }) => text === 'told 9999' || text === 'told 0')).toBe(false);
    await tell({ told: [message(2_000)] });
    expect(await history()).toHaveLength(1_200);
  });

  it('says who is who', async () => {
    await ingest.keep(DEVICE, message(1, { chat: LID }), OWN);
    await tell({ told: [message(2, { chat: LID })], identities: [{ lid: LID, pn: PN }] });
    expect(new Set((await history()).map(({ chat_jid }) => chat_jid))).toEqual(new Set([PN]));
  });

  it('is taken of numbers that are switched on only', async () => {
    for (const status of ['nonaktif', null]) {
      await allow(database, { number: '6281200000001', status });
      ingest.rules.forget('6281200000001');
      await tell({ told: [message(1)] });
    }
    expect(await history()).toEqual([]);
  });

  it('is erased when it is older than its device keeps it', async () => {
    const times = [ago(1), ago(6), ago(8), ago(40)];
    await tell({ told: times.map((timestamp, number) => message(number, { timestamp })) });
    const upkeep = (historyDays: number | null) =>
      startHistoryUpkeep({
        retention: createRetentionRepository({ database }),
        repository: ingest.repository,
        devices: { find: async () => ({ settings: { ...DEFAULT_DEVICE_SETTINGS, historyDays } }) },
        eraseWithheld: async () => {},
        days: 30,
        clock: systemClock,
        log: silentLogger,
      });
    const left = async () => (await history()).map(({ text }) => text);
    await settled(upkeep(null));
    expect(await left()).toEqual(['told 2', 'told 1', 'told 0']);
    await settled(upkeep(7));
    expect(await left()).toEqual(['told 1', 'told 0']);
    expect(await chatsOf(database, DEVICE)).toHaveLength(1);
  });
});

/** The first round is over. */
async function settled({ firstRound, stop }: ReturnType<typeof startHistoryUpkeep>): Promise<void> {
  await firstRound;
  await stop();
}
