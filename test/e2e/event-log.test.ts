import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connectClient, expectOk } from '../support/client.ts';
import { openEvents, type ServerEvent } from '../support/live.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const FIRST_FRIEND = 6_281_300_000_001;
const FRIENDS = 4;
const AWAY_FOR = 1_000;

interface LogPage {
  readonly resync: boolean;
  readonly items: readonly (ServerEvent & { readonly message?: { readonly text: string | null } })[];
  readonly nextCursor: string | null;
}

/** Two processes on one database: one has the devices, the other answers callers. */
describe('the event log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-events-'));
  const environment = {
    DATABASE_URL: `file:${join(folder, 'shared.db')}`,
    MASTER_KEY: '11'.repeat(32),
    RATE_LIMIT_PER_MINUTE: '0',
  };
  let simulator: TestSimulator;
  let owner: { process: ServerProcess; client: Client };
  let api: { process: ServerProcess; client: Client };

  const start = async (role: 'devices' | 'api') => {
    const dataDir = join(folder, role);
    mkdirSync(dataDir, { recursive: true });
    const process = startServerProcess({
      simulator,
      dataDir,
      environment: { ...environment, ROLE: role },
    });
    return { process, client: await connectClient({ url: await process.waitReady(), key: ADMIN_KEY }) };
  };
  /** As friends write: each one message after the other, all at once. */
  const write = async (texts: readonly string[]) => {
    const lanes = Array.from({ length: FRIENDS }, async (_, lane) => {
      const friend = simulator.phone(String(FIRST_FRIEND + lane), 'Friend');
      for (const text of texts.filter((_text, index) => index % FRIENDS === lane))
        await friend.sendText(ANA, text);
    });
    await Promise.all(lanes);
  };
  const pages = async (after: string) => {
    const items: LogPage['items'][number][] = [];
    for (let cursor: string | null = after; cursor !== null; ) {
      const page: LogPage = expectOk(
        await api.client.api.get<LogPage>(`events/log?limit=200&after=${cursor}`),
      ).data;
      expect(page.resync).toBe(false);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  };
  const textOf = (event: ServerEvent) => (event.message as { text: string | null }).text;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    owner = await start('devices');
    api = await start('api');
    await owner.client.createDevice('ana');
    await owner.client.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  });
  afterAll(async () => {
    for (const { process, client } of [owner, api]) {
      client.close();
      await process.kill('SIGKILL');
    }
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is heard from a process that does not own the device', async () => {
    const connected = await api.client.waitForEvent(({ status }) => status === 'connected');
    expect(connected).toMatchObject({ deviceId: 'ana', type: 'status' });
    await write(['hello']);
    const here = await owner.client.waitForEvent(({ type }) => type === 'message');
    const there = await api.client.waitForEvent(({ type }) => type === 'message');
    expect(there).toEqual(here);
    expect(api.client.events.filter(({ type }) => type === 'qr')).toEqual([]);
  });

  it(`gives a reader that was away for ${AWAY_FOR} events every one of them once, though the server was killed`, {
    timeout: 300_000,
  }, async () => {
    const reader = await openEvents(owner.client.api);
    await write(['the last it saw']);
    const seen = await reader.next(({ type }) => type === 'message');
    reader.close();
    await reader.ended;

    const texts = Array.from({ length: AWAY_FOR }, (_, index) => `message ${index}`);
    const half = AWAY_FOR / 2;
    await write(texts.slice(0, half));
    // In the midst of what comes in.
    await api.client.waitForEvent((event) => event.type === 'message' && textOf(event) === texts[half / 2]);
    owner.client.close();
    await owner.process.kill('SIGKILL');
    const writing = write(texts.slice(half));
    owner = await start('devices');
    await writing;

    for (const { client } of [api, owner]) {
      const again = await openEvents(client.api, { lastEventId: seen.id });
      const open = new Set(texts);
      while (open.size > 0) {
        const event = await again.next(({ type }) => type === 'message');
        // Deleting proves both: none missed, none twice.
        expect(open.delete(textOf(event) ?? '')).toBe(true);
      }
      const ids = again.all.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)]);
      expect(again.all.some(({ type }) => type === 'resync')).toBe(false);
      const logged = await pages(seen.id);
      expect(logged.map(({ id }) => id).slice(0, ids.length)).toEqual(ids);
      again.close();
    }
  });

  it('does not bring back bodies that were erased', async () => {
    const [oldest] = api.client.events;
    const before = (await pages(oldest?.id ?? '')).filter(({ type }) => type === 'message');
    expect(before.every((event) => textOf(event) !== null)).toBe(true);
    expectOk(
      await owner.client.api.post('/api/whatsapp/allowed-numbers', {
        whatsapp_number: ANA,
        status: 'nonaktif',
      }),
    );
    const stream = await openEvents(api.client.api, { lastEventId: oldest?.id ?? '' });
    const replayed: ServerEvent[] = [];
    while (replayed.length < before.length)
      replayed.push(await stream.next(({ type }) => type === 'message'));
    stream.close();
    const after = (await pages(oldest?.id ?? '')).filter(({ type }) => type === 'message');
    expect(replayed.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect([...replayed, ...after].filter((event) => textOf(event) !== null)).toEqual([]);
  });

  it('is paged within the rights of a key', async () => {
    const { api: admin } = owner.client;
    const [oldest] = api.client.events;
    const first = await admin.get<LogPage>('events/log?limit=2');
    expect(first.data.items).toHaveLength(2);
    expect(first.data.nextCursor).toBe(first.data.items[1]?.id);
    const unknown = await admin.get<LogPage>('events/log?limit=2&after=nothing');
    expect(unknown.data).toEqual({ ...first.data, resync: true });
    const reader = await owner.client.keyFor({ scopes: ['device:read'] });
    const typesOf = (page: { data: LogPage }) => new Set(page.data.items.map(({ type }) => type));
    expect(typesOf(await reader.get<LogPage>('events/log?limit=200'))).not.toContain('message');
    const other = await owner.client.keyFor({ scopes: ['device:read'], deviceIds: ['budi'] });
    expect((await other.get<LogPage>(`events/log?after=${oldest?.id}`)).data.items).toEqual([]);
    expect((await other.get('events/log?deviceId=ana')).code).toBe('DEVICE_NOT_FOUND');
    expect((await admin.get('events/log?limit=201')).status).toBe(400);
    const writer = await owner.client.keyFor({ scopes: ['message:send'] });
    expect((await writer.get('events/log')).status).toBe(403);
  });
});
