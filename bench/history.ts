import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '../src/database/database.ts';
import { migrate } from '../src/database/migrate.ts';
import { systemClock } from '../src/shared/clock.ts';
import { silentLogger } from '../src/shared/logger.ts';
import { fillHistory } from '../test/support/history-rows.ts';
import { startMariaDb } from '../test/support/mariadb.ts';
import { historyQuestions } from './history/questions.ts';
import { printTable, writeResult } from './support/report.ts';

interface Figures {
  readonly database: string;
  readonly messages: number;
  readonly question: string;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** How long pages, searches and sums of a long history take, at every depth, on both databases. */
export async function benchHistory(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '300' },
      only: { type: 'string', default: 'sqlite,mariadb' },
    },
  });
  const figures: Figures[] = [];
  for (const name of values.only.split(',')) {
    const plan = { messages: Number(values.messages), rounds: Number(values.rounds) };
    figures.push(...(name === 'sqlite' ? await onSqlite(plan) : await onMariaDb(plan)));
  }
  printTable(figures.map((each) => ({ ...each })));
  console.log(`\n${writeResult('history', figures)}`);
}

interface Plan {
  readonly messages: number;
  readonly rounds: number;
}

async function onSqlite(plan: Plan): Promise<Figures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-bench-'));
  try {
    return await measureAll('sqlite', `file:${folder}/history.db`, plan);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onMariaDb(plan: Plan): Promise<Figures[]> {
  const server = await startMariaDb({ bufferPoolMb: 1_024 });
  try {
    return await measureAll('mariadb', await server.createDatabase(), plan);
  } finally {
    await server.stop();
  }
}

async function measureAll(name: string, url: string, { messages, rounds }: Plan): Promise<Figures[]> {
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  try {
    await migrate(database, { log: silentLogger });
    console.error(`${name}: writing ${messages} messages`);
    const begun = performance.now();
    await fillHistory(database, messages);
    const each = ((performance.now() - begun) * 1_000) / messages;
    console.error(`${name}: written, ${each.toFixed(0)} µs each`);
    return await ask(database, { name, messages, rounds });
  } finally {
    await database.close();
  }
}

async function ask(
  database: Database,
  { name, messages, rounds }: Plan & { readonly name: string },
): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const { question, isLong, run } of historyQuestions(database, messages)) {
    console.error(`${name}: ${question}`);
    const times: number[] = [];
    // The first answers come from a disk that was not read yet.
    for (let round = isLong ? 0 : -5; round < (isLong ? 5 : rounds); round += 1) {
      const begun = performance.now();
      await run();
      if (round >= 0) times.push(performance.now() - begun);
    }
    times.sort((one, other) => one - other);
    const at = (share: number) =>
      rounded(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
    figures.push({ database: name, messages, question, p50: at(0.5), p99: at(0.99), worst: at(1) });
  }
  return figures;
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;
