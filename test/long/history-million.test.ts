import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { Position } from '../../src/reports/history.ts';
import { createHistoryRepository } from '../../src/reports/history-repository.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { expectGoodPlan, PAGE_SHAPES, SUM_SHAPES } from '../support/history-plans.ts';
import { BUSY, fillHistory } from '../support/history-rows.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';

const MESSAGES = 1_000_000;
/** Three minutes on a quiet machine. */
const FILLING_MS = 1_800_000;

describe.each(hasMariaDb ? ['sqlite', 'mysql'] : ['sqlite'])('a million messages on %s', (dialect) => {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-million-'));
  let server: MariaDb | undefined;
  let database: Database;

  beforeAll(async () => {
    if (dialect === 'mysql') server = await startMariaDb({ bufferPoolMb: 1_024 });
    const url = server ? await server.createDatabase() : `file:${folder}/million.db`;
    database = await openDatabase({ url, log: silentLogger, clock: systemClock });
    await migrate(database, { log: silentLogger });
    await fillHistory(database, MESSAGES);
  }, FILLING_MS);
  afterAll(async () => {
    await database.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are read from the right index, whatever is asked', async () => {
    for (const shape of [...PAGE_SHAPES, ...SUM_SHAPES]) await expectGoodPlan(database, shape);
  });

  it('are walked by cursor from end to end, each once', async () => {
    const history = createHistoryRepository({ database });
    const filter = {
      subject: { kind: 'between', numbers: [BUSY.number, '628121010000'] },
      devices: null,
      range: { from: null, to: null },
    } as const;
    const seen = new Set<string>();
    let pages = 0;
    for (let after: Position | undefined; ; pages += 1) {
      const found = await history.slice(filter, { order: 'desc', after, offset: 0, limit: 1_000 });
      for (const { id } of found) seen.add(id);
      const last = found.at(-1);
      if (!last || found.length < 1_000) break;
      after = { at: last.timestamp, id: last.id };
    }
    expect(seen.size).toBe(await history.count(filter));
    expect(pages).toBe(200);
  });
});
