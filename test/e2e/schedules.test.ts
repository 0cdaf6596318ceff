import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connectClient, expectOk } from '../support/client.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

interface ScheduleAnswer {
  readonly scheduleId: string;
  readonly status: string;
  readonly runAt: string;
  readonly lastRunAt: string | null;
  readonly messageId: string | null;
  readonly runs: number;
}

let simulator: TestSimulator;
let server: ServerProcess;
let client: Client;

beforeAll(async () => {
  simulator = await startTestSimulator();
  simulator.phone(BUDI, 'Budi');
  await begin();
  await client.createDevice('ana');
  await client.pairByQr('ana', simulator.phone(ANA, 'Ana'));
});
afterAll(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
  await simulator.close();
});

/** Starts the server as an operator does, on the data of the one before. */
async function begin(): Promise<void> {
  server = startServerProcess({ simulator, ...(server && { dataDir: server.dataDir }) });
  client = await connectClient({ url: await server.waitReady(), key: ADMIN_KEY });
}

async function kill(): Promise<void> {
  client.close();
  await server.kill('SIGKILL');
}

async function schedule(message: string, inMs: number, more: object = {}): Promise<ScheduleAnswer> {
  const scheduleTime = new Date(Math.ceil((Date.now() + inMs) / 1_000) * 1_000).toISOString();
  const body = { to: BUDI, message, scheduleTime, ...more };
  return expectOk(await client.api.post<ScheduleAnswer>('devices/ana/schedule-message', body)).data;
}
const read = async ({ scheduleId }: ScheduleAnswer) =>
  (await client.api.get<ScheduleAnswer>(`devices/ana/schedules/${scheduleId}`)).data;
const arrives = (text: string) => waitForMessage(simulator.phone(BUDI), (message) => message.text === text);
/** What came to the phone with this text; a message under another id is another copy. */
const copiesOf = (text: string) =>
  simulator
    .phone(BUDI)
    .messages()
    .filter((message) => message.text === text);
const changed = ({ scheduleId }: ScheduleAnswer, change: string) =>
  client.waitForEvent((event) => event.scheduleId === scheduleId && event.change === change);

describe('a scheduled message', () => {
  it('goes at its time, within two seconds, and says so', async () => {
    const asked = await schedule('on time', 1_000);
    await arrives('on time');
    await changed(asked, 'sent');
    const done = await read(asked);
    expect(done).toMatchObject({ status: 'done', runs: 1, runAt: asked.runAt });
    const lateMs = Date.parse(done.lastRunAt ?? '') - Date.parse(asked.runAt);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThanOrEqual(2_000);
    await client.waitForEvent((event) => event.messageId === done.messageId && event.status === 'delivered');
    expect(copiesOf('on time')).toMatchObject([{ id: done.messageId }]);
  });

  it('G14: goes once although the server is killed and started in between', async () => {
    const asked = await schedule('through a crash', 3_000);
    await kill();
    await begin();
    await arrives('through a crash');
    const after = await schedule('after the crash', 1_000);
    await arrives('after the crash');
    expect(copiesOf('through a crash')).toMatchObject([{ id: (await read(asked)).messageId }]);
    expect(copiesOf('after the crash')).toHaveLength(1);
    expect(await read(after)).toMatchObject({ runs: 1 });
  });

  it('G14: goes once each, whenever the server is killed while many are due', async () => {
    const texts = Array.from({ length: 24 }, (_, index) => `due ${index}`);
    const asked = await Promise.all(
      texts.map((text, index) => schedule(text, 2_000 + Math.floor(index / 8) * 1_000)),
    );
    // Each time when the first message of the next second has just come.
    for (const text of ['due 0', 'due 8', 'due 16']) {
      await Promise.race(texts.slice(texts.indexOf(text), texts.indexOf(text) + 8).map(arrives));
      await kill();
      await begin();
    }
    await Promise.all(texts.map(arrives));
    await schedule('the last of all', 1_000);
    await arrives('the last of all');
    expect(texts.flatMap((text) => copiesOf(text).slice(1))).toEqual([]);
    const ends = await Promise.all(asked.map(read));
    expect(ends.map(({ status, runs }) => ({ status, runs }))).toEqual(
      texts.map(() => ({ status: 'done', runs: 1 })),
    );
  });

  it('waits in the outbox for a device that is away', async () => {
    await client.api.delete('devices/ana/disconnect?logout=false');
    const asked = await schedule('when you are back', 1_000);
    await changed(asked, 'sent');
    const { messageId } = await read(asked);
    expect((await client.api.get(`devices/ana/messages/${messageId}`)).data).toMatchObject({
      status: 'queued',
    });
    await client.api.post('devices/ana/connect');
    await arrives('when you are back');
    expect(copiesOf('when you are back')).toMatchObject([{ id: messageId }]);
  });

  it('comes again by its rule', async () => {
    const asked = await schedule('again', 1_000, { recurrence: 'FREQ=DAILY' });
    await arrives('again');
    await changed(asked, 'sent');
    const next = await read(asked);
    expect(next).toMatchObject({ status: 'active', runs: 1 });
    expect(Date.parse(next.runAt) - Date.parse(asked.runAt)).toBe(86_400_000);
    await client.api.delete(`devices/ana/schedules/${asked.scheduleId}`);
  });
});

describe('a time that passed while the server was down', () => {
  /** As if the server had been down for two hours. */
  async function passTime(...schedules: readonly ScheduleAnswer[]): Promise<void> {
    await kill();
    const database = new BetterSqlite3(`${server.dataDir}/wafleet.db`);
    for (const { scheduleId, runAt } of schedules) {
      database
        .prepare('update schedule set run_at = ? where id = ?')
        .run(Date.parse(runAt) - 3 * 3_600_000, scheduleId);
    }
    database.close();
    await begin();
  }

  it('is made good once, or left out, as its policy says', async () => {
    const [send, skip] = [
      await schedule('better late', 3_600_000),
      await schedule('too late', 3_600_000, { missedPolicy: 'skip' }),
    ];
    const daily = await schedule('once only', 3_600_000, { recurrence: '*/10 * * * *' });
    await passTime(send, skip, daily);
    await Promise.all([arrives('better late'), arrives('once only')]);
    // The events of the start are over before anybody can listen; what is due later comes after them.
    await changed(await schedule('a later one', 1_000), 'sent');
    expect(await read(skip)).toMatchObject({ status: 'missed', runs: 0, messageId: null });
    expect(await read(send)).toMatchObject({ status: 'done', runs: 1 });
    expect(await read(daily)).toMatchObject({ status: 'active', runs: 1 });
    expect(copiesOf('too late')).toEqual([]);
    expect(copiesOf('once only')).toHaveLength(1);
    await client.api.delete(`devices/ana/schedules/${daily.scheduleId}`);
  });
});
