import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../support/api.ts';
import { type Client, connectClient, type DeviceAnswer } from '../support/client.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { describeOnRedis, type PrivateRedis, startRedis } from '../support/redis.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const MASTER_KEY = '11'.repeat(32);
/** The test asks again and again instead of sleeping. */
const ASKED_OFTEN = { RATE_LIMIT_PER_MINUTE: '0' };
const WORKERS = join(import.meta.dirname, '../../workers/main.ts');

interface Sent {
  readonly messageId: string;
  readonly status: string;
}

/** Processes as an operator would start them, on one MariaDB and one Redis. */
interface Installation {
  readonly simulator: TestSimulator;
  readonly redis: PrivateRedis;
  start(role: string, entry?: string): Promise<{ process: ServerProcess; client: Client }>;
  stop(): Promise<void>;
}

async function install(): Promise<Installation> {
  const [simulator, redis, mariadb] = await Promise.all([startTestSimulator(), startRedis(), startMariaDb()]);
  const url = await (mariadb as MariaDb).createDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-roles-'));
  const running: { process: ServerProcess; client: Client }[] = [];
  return {
    simulator,
    redis,
    async start(role, entry) {
      const environment = { ROLE: role, DATABASE_URL: url, REDIS_URL: redis.url, MASTER_KEY, ...ASKED_OFTEN };
      const dataDir = mkdtempSync(join(folder, `${role}-`));
      const process = startServerProcess({ simulator, environment, dataDir, ...(entry && { entry }) });
      const client = await connectTo(await process.waitReady());
      running.push({ process, client });
      return { process, client };
    },
    async stop() {
      for (const { client } of running) client.close();
      const codes = await Promise.all(running.map(({ process }) => process.kill()));
      const last = running.map(
        ({ process: { lines, complaints } }) => `${lines.all.slice(-8).join('\n')}\n${complaints()}`,
      );
      await Promise.all([simulator.close(), redis.stop(), mariadb.stop()]);
      rmSync(folder, { recursive: true, force: true });
      expect(
        codes.filter((code) => code !== 0),
        last.join('\n\n'),
      ).toEqual([]);
    },
  };
}

/** A worker has no events to hear. */
async function connectTo(url: string): Promise<Client> {
  const api = createApi(url, ADMIN_KEY);
  const { status } = await api.get('devices');
  if (status !== 404) return connectClient({ url, key: ADMIN_KEY });
  return { url, api, close() {} } as unknown as Client;
}

async function untilStatus(client: Client, message: Sent, wanted: readonly string[]): Promise<string> {
  for (;;) {
    const { data } = await client.api.get<Sent>(`devices/ana/messages/${message.messageId}`);
    if (wanted.includes(data.status)) return data.status;
  }
}

const DONE = ['server_ack', 'delivered', 'read'];

describeOnRedis('processes with roles', () => {
  it('have a MariaDB to run on', ({ skip }) => {
    if (!hasMariaDb && process.env.CI_REQUIRE_SERVICES !== '1') skip('mariadbd is not installed');
    expect(hasMariaDb).toBe(true);
  });
  if (!hasMariaDb) return;

  describe('api, devices and worker', () => {
    let all: Installation;
    let devices: Client;
    let api: Client;
    let worker: Client;

    beforeAll(async () => {
      all = await install();
      devices = (await all.start('devices')).client;
      [api, worker] = await Promise.all([
        all.start('api').then(({ client }) => client),
        all.start('worker', WORKERS).then(({ client }) => client),
      ]);
      await api.createDevice('ana');
      await devices.pairByQr('ana', all.simulator.phone(ANA, 'Ana'));
      all.simulator.phone(BUDI, 'Budi');
    });
    afterAll(() => all.stop());

    it('are ready, and the worker answers an operator only', async () => {
      for (const { api: each } of [devices, api, worker]) {
        const { status, data } = await each.get('/ready');
        expect(status).toBe(200);
        expect(data).toEqual({ ready: true, checks: { database: 'ok', migrations: 'ok', wakeups: 'ok' } });
        expect((await each.get('/health')).status).toBe(200);
        expect((await each.call({ method: 'GET', path: '/metrics' })).text).toContain('wafleet_devices{');
      }
      expect((await worker.api.get('devices')).code).toBe('ROUTE_NOT_FOUND');
      expect((await worker.api.post('devices/ana/send-message', {})).code).toBe('ROUTE_NOT_FOUND');
    });

    it('show a device from any process that has the API, as it was last stored', async () => {
      const { data } = await api.api.get<DeviceAnswer>('devices/ana');
      expect(data).toMatchObject({ status: 'connected', isConnected: true, phoneNumber: ANA });
    });

    it('tell of the installation together and of themselves each', async () => {
      const mode = { database: 'mysql', wakeups: 'redis' };
      const version = expect.stringMatching(/^2\.3000\.\d+$/);
      for (const [{ api: each }, role, whatsAppVersion] of [
        [devices, 'devices', version],
        [api, 'api', null],
      ] as const) {
        const { data } = await each.get('system');
        expect(data).toMatchObject({
          checks: ['database', 'migrations', 'wakeups'].map((name) => ({ name, ok: true })),
          devices: { total: 1, byStatus: { connected: 1 } },
          outbox: { queued: 0, sending: 0, held: 0, oldestDueMs: 0 },
          jobs: {},
          details: { role, mode, whatsAppVersion, webhooks: {}, media: { usedBytes: 0 } },
        });
      }
    });

    it('say who answers what needs a connection, and change nothing', async () => {
      const calls: ['post' | 'delete', string, object?][] = [
        ['post', 'devices/ana/connect'],
        ['post', 'devices/ana/restart'],
        ['post', 'devices/ana/pairing-code', { phone: ANA }],
        ['delete', 'devices/ana/disconnect'],
        ['post', 'devices/ana/cancel-and-wipe'],
        ['delete', 'devices/ana'],
        ['post', 'devices/ana/restore'],
      ];
      for (const [method, path, body] of calls) {
        const { status, code, details } = await api.api[method](path, body);
        expect([path, status, code]).toEqual([path, 409, 'SOCKETS_ELSEWHERE']);
        expect(details).toEqual({ roles: ['devices', 'all'] });
      }
      const { data } = await devices.api.get<DeviceAnswer>('devices/ana');
      expect(data.isConnected).toBe(true);
    });

    it('send through the owner what another accepted to queue', async () => {
      const { status, data } = await api.api.post<Sent>('devices/ana/send-message?queue=true', {
        to: BUDI,
        message: 'queued at the other process',
      });
      expect([status, data.status]).toEqual([202, 'queued']);
      await waitForMessage(all.simulator.phone(BUDI), ({ text }) => text === 'queued at the other process');
      expect(DONE).toContain(await untilStatus(api, data, DONE));
    });

    it('answer a caller who waits, although another process sends', async () => {
      const { status, data } = await api.api.post<Sent>('devices/ana/send-message', {
        to: BUDI,
        message: 'answered at the other process',
      });
      expect(status).toBe(200);
      expect(DONE).toContain(data.status);
    });

    it('refuse at once when the device is connected nowhere', async () => {
      await api.createDevice('nobody');
      const { code } = await api.api.post('devices/nobody/send-message', { to: BUDI, message: 'no' });
      expect(code).toBe('DEVICE_NOT_CONNECTED');
    });

    it('send in time what one process scheduled and the worker finds due', async () => {
      const soon = new Date(Date.now() + 4_000).toISOString().slice(0, 19).replace('T', ' ');
      const { status, data } = await api.api.post<{ scheduleId: string }>('devices/ana/schedule-message', {
        to: BUDI,
        message: 'from the schedule',
        scheduleTime: soon,
        timezone: 'UTC',
      });
      expect(status).toBe(201);
      await waitForMessage(all.simulator.phone(BUDI), ({ text }) => text === 'from the schedule');
      const { data: after } = await api.api.get(`devices/ana/schedules/${data.scheduleId}`);
      expect(after).toMatchObject({ status: 'done' });
    });

    it('finish a job that was accepted by one and sent by another', async () => {
      const messages = [1, 2, 3].map((number) => ({ to: BUDI, message: `item ${number}` }));
      const { status, data } = await api.api.post<{ jobId: string }>('devices/ana/jobs/send-text', {
        messages,
        delay: 0.05,
        allowDuplicates: true,
      });
      expect(status).toBe(202);
      await waitForMessage(all.simulator.phone(BUDI), ({ text }) => text === 'item 3');
      for (let state = ''; state !== 'completed'; ) {
        state = (await api.api.get<{ status: string }>(`/api/whatsapp-multi-device/jobs/${data.jobId}`)).data
          .status;
      }
    });
  });

  describe('two with every role', () => {
    let all: Installation;
    let owner: Client;
    let other: Client;

    beforeAll(async () => {
      all = await install();
      owner = (await all.start('all')).client;
      other = (await all.start('all')).client;
      await owner.createDevice('ana');
      await owner.pairByQr('ana', all.simulator.phone(ANA, 'Ana'));
      all.simulator.phone(BUDI, 'Budi');
    });
    afterAll(() => all.stop());

    const accept = async (message: string): Promise<Sent> => {
      const { status, data } = await other.api.post<Sent>('devices/ana/send-message?queue=true', {
        to: BUDI,
        message,
      });
      expect(status).toBe(202);
      return data;
    };
    const arrives = (wanted: string) =>
      waitForMessage(all.simulator.phone(BUDI), ({ text }) => text === wanted);

    it('send for each other', async () => {
      await accept('from the other');
      await arrives('from the other');
      const waited = await other.api.post<Sent>('devices/ana/send-message', {
        to: BUDI,
        message: 'and waited',
      });
      expect([waited.status, DONE.includes(waited.data.status)]).toEqual([200, true]);
      expect((await other.api.post('devices/ana/restart')).code).toBe('DEVICE_OWNED_ELSEWHERE');
    });

    it('G4: lose nothing when Redis loses everything', async () => {
      await all.redis.flushAll();
      await accept('after a flush');
      await arrives('after a flush');
    });

    it('G4: accept and send while Redis is away, and say that they are not whole', async () => {
      await all.redis.kill();
      const accepted: Sent[] = [];
      for (let number = 0; number < 20; number += 1) accepted.push(await accept(`without Redis ${number}`));
      await arrives('without Redis 19');
      for (let status = 200; status !== 503; ) status = (await other.api.get('/ready')).status;
      const { code, details } = await other.api.get('/ready');
      expect([code, details]).toEqual(['NOT_READY', { waitingFor: ['wakeups'] }]);
      expect((await other.api.call({ method: 'GET', path: '/metrics' })).text).toContain(
        'wafleet_wakeups_healthy 0',
      );
      await all.redis.restart();
      for (let status = 503; status !== 200; ) status = (await other.api.get('/ready')).status;
      await accept('with Redis again');
      await arrives('with Redis again');
      for (const message of accepted) expect(DONE).toContain(await untilStatus(owner, message, DONE));
      const texts = all.simulator
        .phone(BUDI)
        .messages()
        .map(({ text }) => text);
      expect(new Set(texts).size).toBe(texts.length);
    });
  });
});
