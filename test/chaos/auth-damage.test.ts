import { expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { chaosRandom, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const random = chaosRandom();

interface Damage {
  readonly name: string;
  /** Everything of the session is in these tables. */
  harm(rows: StoredRows): Promise<void>;
  /** Changed bytes and a wrong key look alike, except where the bytes no longer have the form of a sealed box. */
  readonly cause: RegExp;
}

const DAMAGED = /^auth_(corrupt|undecryptable)$/;
const DAMAGES: readonly Damage[] = [
  {
    name: 'one bit of the credentials has flipped',
    harm: (rows) => rows.flip('auth_creds', 'blob'),
    cause: DAMAGED,
  },
  {
    name: 'one bit of the data key has flipped',
    harm: (rows) => rows.flip('auth_data_key', 'wrapped'),
    cause: DAMAGED,
  },
  {
    name: 'the credentials are cut off',
    harm: (rows) => rows.cut('auth_creds', 'blob'),
    cause: DAMAGED,
  },
  {
    name: 'the credentials are gone, their keys are not',
    harm: (rows) => rows.remove('auth_creds'),
    cause: DAMAGED,
  },
  { name: 'the data key is gone', harm: (rows) => rows.remove('auth_data_key'), cause: DAMAGED },
  {
    name: 'the whole session is gone',
    async harm(rows) {
      for (const table of TABLES) await rows.remove(table);
    },
    cause: /^auth_missing$/,
  },
];

describeOnEachDatabase('a stored session that is damaged', (open) => {
  it.each(DAMAGES)(
    '$name: the device stops and says so, nothing is minted or overwritten',
    async ({ harm, cause }) => {
      const { simulator, rows, ...stage } = await startPaired(open.freshUrl);
      let { server } = stage;
      await server.api.delete('devices/ana/disconnect?logout=false');
      const whole = await rows.all();
      await harm(rows);
      const damaged = await rows.all();
      const mark = simulator.history.sequence;

      for (const attempt of ['now', 'again']) {
        const answer = await server.api.post('devices/ana/connect');
        expect({ attempt, ...answer }).toMatchObject({
          status: 409,
          code: 'DEVICE_AUTH_CORRUPT',
          details: { cause: expect.stringMatching(cause) },
        });
      }
      await expectStopped(server, cause);
      server = await server.restart();
      await waitForAttempt(server);
      await expectStopped(server, cause);
      await server.waitForStatus('budi', 'connected');
      expect(await rows.all()).toEqual(damaged);
      expect(simulator.history.of('pairing-offered').filter(({ sequence }) => sequence > mark)).toEqual([]);
      expect(loginsOf(simulator, ANA, mark)).toEqual([]);

      // What a backup brings back is as good as before.
      await rows.restore(whole);
      expectOk(await server.api.post('devices/ana/connect'));
      await server.waitForStatus('ana', 'connected');
      await simulator.phone(CITRA, 'Citra').sendText(ANA, 'welcome back');
      await waitForTexts(server, 'ana', ['welcome back']);
      await stage.close(server);
    },
  );

  it('damage that shows only when a message comes stops the device, and the message is not lost', async () => {
    const { simulator, rows, ...stage } = await startPaired(open.freshUrl);
    const { server } = stage;
    const citra = simulator.phone(CITRA, 'Citra');
    await citra.sendText(ANA, 'first');
    await waitForTexts(server, 'ana', ['first']);
    // While it is open the keys it used last are in memory.
    await server.api.delete('devices/ana/disconnect?logout=false');
    const whole = await rows.all();
    await rows.flip('auth_key', 'blob', isSession);
    expectOk(await server.api.post('devices/ana/connect'));
    await server.waitForStatus('ana', 'connected');
    const damaged = await rows.sessions();
    const from = server.events.length;
    await citra.sendText(ANA, 'second');
    await server.waitForEvent(({ deviceId, status }) => deviceId === 'ana' && status === 'error', from);
    await expectStopped(server, DAMAGED);
    expect(await rows.sessions()).toEqual(damaged);
    expect(await statusOf(server, 'budi')).toMatchObject({ status: 'connected' });

    await server.api.delete('devices/ana/disconnect?logout=false');
    await rows.restore(whole);
    expectOk(await server.api.post('devices/ana/connect'));
    expect(await waitForTexts(server, 'ana', ['first', 'second'])).toEqual(['second', 'first']);
    await stage.close(server);
  });
});

async function startPaired(freshUrl: () => Promise<string>) {
  const url = await freshUrl();
  const simulator = await startTestSimulator();
  const server = await startServer({ simulator, environment: { DATABASE_URL: url } });
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
  return {
    simulator,
    server,
    rows: storedRows(database),
    async close(last: TestServer) {
      await last.stop();
      await database.close();
      await simulator.close();
    },
  };
}

/** Until the device was tried the API shows what it came to before the restart. */
async function waitForAttempt(server: TestServer): Promise<void> {
  const from = server.events.length;
  const { data } = await server.api.get<{ status: string; connectionAttempts: number }>('devices/ana');
  if (data.status === 'error' && data.connectionAttempts > 0) return;
  await server.waitForEvent(({ deviceId, status }) => deviceId === 'ana' && status === 'error', from);
}

async function expectStopped(server: TestServer, cause: Damage['cause']): Promise<void> {
  expect(await statusOf(server, 'ana')).toMatchObject({
    status: 'error',
    isConnected: false,
    hasSession: true,
    qrCode: null,
    cause: {
      code: expect.stringMatching(cause),
      source: 'store',
      retryAt: null,
      action: expect.stringContaining('wipe'),
    },
  });
  expect(server.events.filter(({ type, deviceId }) => type === 'qr' && deviceId === 'ana')).toHaveLength(
    server.events.some(({ type, deviceId }) => type === 'authenticated' && deviceId === 'ana') ? 1 : 0,
  );
}

function loginsOf({ history }: TestSimulator, number: string, mark: number) {
  return history.of('login').filter(({ device, sequence }) => device.startsWith(number) && sequence > mark);
}

const TABLES = ['auth_creds', 'auth_key', 'auth_data_key'] as const;
type Table = (typeof TABLES)[number];
type Row = Readonly<Record<string, string | number | Date | Buffer | null>>;
type Snapshot = Readonly<Record<Table, readonly Row[]>>;

/** The stored session of one device, as bytes. */
interface StoredRows {
  all(): Promise<Snapshot>;
  /** The Signal sessions with other people's devices alone. */
  sessions(): Promise<readonly Row[]>;
  flip(table: Table, column: string, only?: (row: Row) => boolean): Promise<void>;
  cut(table: Table, column: string): Promise<void>;
  remove(table: Table): Promise<void>;
  restore(snapshot: Snapshot): Promise<void>;
}

const isSession = ({ type }: Row) => type === 'session';

function storedRows(database: Database): StoredRows {
  const params = ['ana'];
  const read = (table: Table) =>
    database.query<Row>({
      text: `select * from ${table} where device_id = ? order by ${table === 'auth_key' ? 'type, key_id' : 'device_id'}`,
      params,
    });
  const all = async (): Promise<Snapshot> => ({
    auth_creds: await read('auth_creds'),
    auth_key: await read('auth_key'),
    auth_data_key: await read('auth_data_key'),
  });
  const insert = (table: Table, row: Row) =>
    database.run({
      text: `insert into ${table} (${Object.keys(row)
        .map((column) => `\`${column}\``)
        .join(', ')}) values (${Object.keys(row)
        .map(() => '?')
        .join(', ')})`,
      params: Object.values(row),
    });
  const remove = async (table: Table) => {
    await database.run({ text: `delete from ${table} where device_id = ?`, params });
  };
  const change = async (table: Table, column: string, harm: (bytes: Buffer, row: Row) => Buffer) => {
    const rows = await read(table);
    await remove(table);
    for (const row of rows) {
      const bytes = row[column];
      if (!Buffer.isBuffer(bytes)) throw new Error(`${table}.${column} holds no bytes`);
      await insert(table, { ...row, [column]: harm(Buffer.from(bytes), row) });
    }
  };
  return {
    all,
    sessions: async () => (await read('auth_key')).filter(isSession),
    flip: (table, column, only = () => true) =>
      change(table, column, (bytes, row) => {
        if (!only(row)) return bytes;
        const at = Math.floor(random.next() * bytes.length);
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(random.next() * 8)), at);
        return bytes;
      }),
    cut: (table, column) => change(table, column, (bytes) => bytes.subarray(0, bytes.length >> 1)),
    remove,
    async restore(snapshot) {
      for (const table of TABLES) {
        await remove(table);
        for (const row of snapshot[table]) await insert(table, row);
      }
    },
  };
}
