import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import { dialectOf } from '../../src/database/dialect.ts';
import { AppError, FencedError } from '../../src/shared/errors.ts';
import { describeOnEachDatabase, describeOnSqlite } from '../support/databases.ts';

const at = new Date('2026-11-20T08:30:00.123Z');

const setting = (name: string, value = '{}') => ({
  text: 'insert into setting (name, value, updated_at) values (?, ?, ?)',
  params: [name, value, at],
});

const lease = (deviceId: string, epoch: number) => ({
  text: 'insert into device_lease (device_id, boot_id, epoch, updated_at) values (?, ?, ?, ?)',
  params: [deviceId, 'boot', epoch, at],
});

const guard = (deviceId: string, epoch: number) => ({
  text: 'select 1 from device_lease where device_id = ? and epoch = ?',
  params: [deviceId, epoch],
});

async function namesIn(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>({
    text: 'select name from setting order by name',
    params: [],
  });
  return rows.map(({ name }) => name);
}

describeOnEachDatabase('a database', (open) => {
  it('gives every kind of value back as it was stored', async () => {
    const database = await open();
    const blob = randomBytes(3_000_000);
    await database.run({
      text: 'insert into auth_creds (device_id, epoch, version, `blob`, previous, updated_at) values (?, ?, ?, ?, ?, ?)',
      params: ['d', 2 ** 52, 7, blob, null, at],
    });
    const [row] = await database.query<Record<string, unknown>>({
      text: 'select * from auth_creds',
      params: [],
    });
    expect(row).toEqual({ device_id: 'd', epoch: 2 ** 52, version: 7, blob, previous: null, updated_at: at });
  });

  it('stores text of every script, and JSON as text', async () => {
    const database = await open();
    const value = JSON.stringify({ name: '👩‍👩‍👧 Zoë Ω 中 \u0000 \\ "' });
    await database.run(setting('emoji 🎉', value));
    const [row] = await database.query<{ name: string; value: string }>({
      text: 'select name, value from setting',
      params: [],
    });
    expect(row?.name).toBe('emoji 🎉');
    expect(JSON.parse(row?.value ?? '')).toEqual(JSON.parse(value));
  });

  it('tells booleans as 0 and 1', async () => {
    const database = await open();
    const insert =
      'insert into received_message (id, device_id, chat_jid, from_me, wa_message_id, type, message_timestamp, received_at)';
    await database.run({
      text: `${insert} values (?, ?, ?, ?, ?, ?, ?, ?)`,
      params: ['1', 'd', 'c', true, 'w', 'text', at, at],
    });
    expect(
      await database.query({ text: 'select from_me, participant_jid from received_message', params: [] }),
    ).toEqual([{ from_me: 1, participant_jid: '' }]);
    const found = await database.query({
      text: 'select id from received_message where from_me = ?',
      params: [true],
    });
    expect(found).toHaveLength(1);
  });

  it('tells ids apart by case, accents and trailing text', async () => {
    const database = await open();
    const ids = ['3EB0a', '3EB0A', '3EB0ä', '3EB0Ä'];
    for (const id of ids) await database.run(setting(id));
    const found = await database.query({
      text: 'select name from setting where name = ?',
      params: ['3EB0A'],
    });
    expect(found).toEqual([{ name: '3EB0A' }]);
    await expect(database.run(setting('3EB0A'))).rejects.toBeInstanceOf(DuplicateKeyError);
  });

  it('agrees with Prisma on every value', async () => {
    const database = await open();
    const prisma = await database.prisma();
    await prisma.setting.create({ data: { name: 'prisma', value: { a: ['😀'] }, updatedAt: at } });
    await database.run(setting('ours', '{"a":["😀"]}'));
    const rows = await database.query<{ updated_at: Date }>({
      text: 'select updated_at from setting where updated_at = ?',
      params: [at],
    });
    expect(rows).toEqual([{ updated_at: at }, { updated_at: at }]);
    const found = await prisma.setting.findMany({ where: { updatedAt: at }, orderBy: { name: 'asc' } });
    expect(found.map(({ value, updatedAt }) => ({ value, updatedAt }))).toEqual([
      { value: { a: ['😀'] }, updatedAt: at },
      { value: { a: ['😀'] }, updatedAt: at },
    ]);
    const again = prisma.setting.create({ data: { name: 'ours', value: 1, updatedAt: at } });
    await expect(again).rejects.toBeInstanceOf(DuplicateKeyError);
  });

  it('counts rows that had the value already', async () => {
    const database = await open();
    await database.run(setting('a'));
    const same = { text: 'update setting set value = ? where name = ?', params: ['{}', 'a'] };
    expect(await database.run(same)).toEqual({ changes: 1 });
    expect(await database.run({ ...same, params: ['{}', 'b'] })).toEqual({ changes: 0 });
  });

  it('writes a batch whole or not at all', async () => {
    const database = await open();
    await database.run(setting('taken'));
    const batch = database.writeAtomically({ statements: [setting('a'), setting('taken'), setting('b')] });
    await expect(batch).rejects.toBeInstanceOf(DuplicateKeyError);
    expect(await namesIn(database)).toEqual(['taken']);
    expect(await database.writeAtomically({ statements: [setting('a'), setting('b')] })).toEqual({
      changes: [1, 1],
    });
    expect(await namesIn(database)).toEqual(['a', 'b', 'taken']);
  });

  it('writes nothing when the guard finds no row', async () => {
    const database = await open();
    await database.run(lease('d', 4));
    const stale = database.writeAtomically({ guard: guard('d', 3), statements: [setting('stale')] });
    await expect(stale).rejects.toBeInstanceOf(FencedError);
    await database.writeAtomically({ guard: guard('d', 4), statements: [setting('current')] });
    expect(await namesIn(database)).toEqual(['current']);
  });

  it('lets a failing batch fail alone', async () => {
    const database = await open();
    const names = Array.from({ length: 50 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    await database.run(setting('n07'));
    const results = await Promise.allSettled(
      names.map((name) =>
        database.writeAtomically({
          ...(name === 'n11' ? { guard: guard('nobody', 1) } : {}),
          statements: [setting(`${name}-first`), setting(name)],
        }),
      ),
    );
    const failed = results.flatMap((result, index) => (result.status === 'rejected' ? [names[index]] : []));
    expect(failed).toEqual(['n07', 'n11']);
    expect(await namesIn(database)).toHaveLength(1 + 48 * 2);
  });

  it('lets two processes write to one row without losing a write', async () => {
    const url = await open.freshUrl();
    const first = await open(url);
    await first.exclusively((session) => session.script('create table counter (n integer not null)'));
    await first.run({ text: 'insert into counter (n) values (?)', params: [0] });
    const second = await open(url);
    const increment = { statements: [{ text: 'update counter set n = n + 1', params: [] }] };
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? first : second).writeAtomically(increment)),
    );
    expect(await first.query({ text: 'select n from counter', params: [] })).toEqual([{ n: 50 }]);
  });

  it('survives two batches that lock the same rows in opposite order', async () => {
    const database = await open();
    for (const name of ['a', 'b']) await database.run(setting(name));
    const touch = (name: string) => ({
      text: 'update setting set updated_at = ? where name = ?',
      params: [at, name],
    });
    const rounds = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? ['a', 'b'] : ['b', 'a']));
    await Promise.all(rounds.map((order) => database.writeAtomically({ statements: order.map(touch) })));
  });

  it('refuses to write through query', async () => {
    const database = await open();
    await expect(database.query(setting('a'))).rejects.toThrow();
  });

  it('tells its time, and compares it with stored times', async () => {
    const database = await open();
    const { now, plusMs } = dialectOf(database.dialect);
    const before = Date.now();
    const told = await database.now();
    expect(Math.abs(told.getTime() - before)).toBeLessThan(2_000);
    await database.run({ ...setting('soon'), params: ['soon', '{}', new Date(before + 60_000)] });
    const passed = (ms: number) =>
      database.query({ text: `select name from setting where updated_at < ${plusMs(now)}`, params: [ms] });
    expect(await passed(30_000)).toEqual([]);
    expect(await passed(90_000)).toEqual([{ name: 'soon' }]);
    await database.run({ text: `update setting set updated_at = ${plusMs(now)}`, params: [5_000] });
    const [row] = await database.query<{ updated_at: Date }>({
      text: 'select updated_at from setting',
      params: [],
    });
    expect(row?.updated_at).toBeInstanceOf(Date);
    expect(Math.abs((row?.updated_at.getTime() ?? 0) - before - 5_000)).toBeLessThan(2_000);
  });

  it('upserts and ignores by its dialect', async () => {
    const database = await open();
    const { upsert, insertIgnore } = dialectOf(database.dialect);
    const columns = ['name', 'value', 'updated_at'];
    const overwrite = upsert({ table: 'setting', columns, keyColumns: ['name'], rows: 2 });
    await database.run({ text: overwrite, params: ['a', '1', at, 'b', '2', at] });
    await database.run({ text: overwrite, params: ['b', '3', at, 'c', '4', at] });
    const ignore = insertIgnore({ table: 'setting', columns });
    expect(await database.run({ text: ignore, params: ['a', '9', at] })).toEqual({ changes: 0 });
    expect(await database.run({ text: ignore, params: ['d', '5', at] })).toEqual({ changes: 1 });
    const rows = await database.query<{ value: unknown }>({
      text: 'select value from setting order by name',
      params: [],
    });
    expect(rows.map(({ value }) => String(value))).toEqual(['1', '3', '4', '5']);
  });

  it('runs exclusive work of two processes one after the other', async () => {
    const url = await open.freshUrl();
    const [first, second] = [await open(url), await open(url)];
    const events: string[] = [];
    const work = (database: Database, name: string) =>
      database.exclusively(async (session) => {
        events.push(`${name} in`);
        await session.query({ text: 'select 1', params: [] });
        await new Promise(setImmediate);
        events.push(`${name} out`);
      });
    await Promise.all([work(first, 'one'), work(second, 'two')]);
    expect(events.map((event) => event.split(' ')[1])).toEqual(['in', 'out', 'in', 'out']);
  });
});

describeOnSqlite('an SQLite database', (open) => {
  it('keeps its file to its owner', async () => {
    const url = (await open.freshUrl()).replace(/[^/]+$/, 'deep/$&');
    await open(url);
    const path = url.slice('file:'.length);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('says that the disk is full, writes nothing, and goes on when there is room', async () => {
    const database = await open();
    await database.query({ text: 'pragma max_page_count = 60', params: [] });
    const big = (name: string) => database.run(setting(name, JSON.stringify('x'.repeat(200_000))));
    const results = await Promise.allSettled([
      database.run(setting('small')),
      big('big'),
      database.run(setting('tiny')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(big('again')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    const prisma = await database.prisma();
    await prisma.$queryRawUnsafe('pragma max_page_count = 60');
    const bigger = prisma.setting.create({ data: { name: 'b', value: 'x'.repeat(400_000), updatedAt: at } });
    await expect(bigger).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(await namesIn(database)).toEqual(['small', 'tiny']);
    await database.query({ text: 'pragma max_page_count = 1000000', params: [] });
    await big('big');
    expect(await namesIn(database)).toEqual(['big', 'small', 'tiny']);
  });

  it('never waits for a lock inside the event loop', async () => {
    const url = await open.freshUrl();
    const [first, second] = [await open(url), await open(url)];
    await first.exclusively((session) => session.script('create table counter (n integer)'));
    let waiting: Promise<unknown> = Promise.resolve();
    let turns = 0;
    await first.exclusively(async (session) => {
      waiting = second.run({ text: 'insert into counter values (1)', params: [] });
      for (; turns < 20; turns += 1) await new Promise(setImmediate);
      await session.script('insert into counter values (2)');
    });
    await waiting;
    expect(await first.query({ text: 'select n from counter', params: [] })).toEqual([{ n: 2 }, { n: 1 }]);
  });

  it('says that a damaged file is unavailable', async () => {
    const { writeFile } = await import('node:fs/promises');
    const url = await open.freshUrl();
    await writeFile(url.slice('file:'.length), 'this is no database at all, and long enough to be looked at');
    const error = await open(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause: { code: 'SQLITE_NOTADB' } });
  });
});
