import { expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { describeOnOwnMariaDb } from '../support/databases.ts';
import { startMariaDb } from '../support/mariadb.ts';

const unavailable = { name: 'AppError', code: 'DATABASE_UNAVAILABLE', retryable: true };

const setting = (name: string) => ({
  text: 'insert into setting (name, value, updated_at) values (?, ?, ?)',
  params: [name, '{}', new Date()],
});

const countSettings = async (database: Database) => {
  const rows = await database.query({ text: 'select name from setting', params: [] });
  return rows.length;
};

/**
 * Ids of the connections that wait for a row lock; asks until there is one. InnoDB shows the same for as long as nobody has
 * left a tenth of a second between two looks, so asking at once would see the past for ever.
 */
async function waitingConnections(database: Database): Promise<number[]> {
  let rows: { id: number }[] = [];
  const look = async () => {
    rows = await database.query<{ id: number }>({
      text: `select trx_mysql_thread_id as id from information_schema.innodb_trx where trx_state = 'LOCK WAIT'`,
      params: [],
    });
    return rows.length;
  };
  await expect.poll(look, { interval: 200, timeout: 30_000 }).toBeGreaterThan(0);
  return rows.map(({ id }) => Number(id));
}

describeOnOwnMariaDb('a database that fails', (open) => {
  it('writes nothing of a batch whose connection breaks, says so, and goes on', async () => {
    const database = await open();
    await database.run(setting('locked'));
    let broken: Promise<unknown> = Promise.resolve();
    await database.exclusively(async (session) => {
      await session.script("begin; update setting set value = '1' where name = 'locked'");
      const update = { text: "update setting set value = '2' where name = 'locked'", params: [] };
      broken = database
        .writeAtomically({ statements: [setting('first'), update] })
        .catch((error: unknown) => error);
      for (const id of await waitingConnections(database)) await session.script(`kill ${id}`);
      await broken;
    });
    expect(await broken).toMatchObject(unavailable);
    expect(await countSettings(database)).toBe(1);
    await database.run(setting('again'));
    expect(await countSettings(database)).toBe(2);
  });

  it('says that it is unavailable when the server is gone, through Prisma too', async () => {
    const server = await startMariaDb();
    const url = await server.createDatabase();
    const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
    const prisma = await database.prisma();
    await server.stop();
    await expect(database.ping()).rejects.toMatchObject(unavailable);
    await expect(database.run(setting('a'))).rejects.toMatchObject(unavailable);
    await expect(prisma.setting.findMany()).rejects.toMatchObject(unavailable);
    await database.close();
    const opening = openDatabase({ url, log: silentLogger, clock: systemClock });
    await expect(opening).rejects.toMatchObject(unavailable);
  });

  it('refuses what does not fit instead of shortening it', async () => {
    const database = await open();
    await expect(database.run(setting('x'.repeat(101)))).rejects.toMatchObject({ code: 'ER_DATA_TOO_LONG' });
    expect(await countSettings(database)).toBe(0);
  });
});
