import { expect } from 'vitest';
import type { Database, Statement } from '../../src/database/database.ts';
import { createFiguresRepository } from '../../src/reports/figures-repository.ts';
import type { HistoryFilter, HistorySlice, Subject } from '../../src/reports/history.ts';
import { createHistoryRepository } from '../../src/reports/history-repository.ts';
import { createSearchRepository } from '../../src/reports/search-repository.ts';
import { readSearchTerms } from '../../src/reports/search-terms.ts';
import { BUSY, CONTACT } from './history-rows.ts';

/** A kind of question about history, with the index of each of its parts. */
export interface Shape {
  readonly name: string;
  readonly indexes: readonly string[];
  ask(database: Database): Promise<unknown>;
}

const MIDDLE = { at: new Date('2026-02-10T10:00:00Z'), id: '01H' };
const OPEN = { from: null, to: null };
const MONTH = { from: new Date('2026-02-01T00:00:00Z'), to: new Date('2026-03-01T00:00:00Z') };
const pair = [BUSY.number, CONTACT] as const;
const CHAT = `${CONTACT}@s.whatsapp.net`;

const subjects: readonly [string, Pick<HistoryFilter, 'subject' | 'devices'>, readonly string[]][] = [
  ['everything', about({ kind: 'everybody' }), ['time']],
  ['a device', about({ kind: 'everybody' }, [BUSY.deviceId]), ['device_time']],
  ['two devices', about({ kind: 'everybody' }, [BUSY.deviceId, 'dev-1']), ['device_time', 'device_time']],
  ['a chat', about({ kind: 'chat', chat: CHAT }, [BUSY.deviceId]), ['chat_time']],
  ['a number of ours', about({ kind: 'own', number: BUSY.number }), ['own_time']],
  [
    'a number of ours for a limited key',
    about({ kind: 'own', number: BUSY.number }, ['dev-1']),
    ['own_time'],
  ],
  ['a sender', about({ kind: 'sender', number: CONTACT }), ['sender_time']],
  ['a receiver', about({ kind: 'receiver', number: CONTACT }, [BUSY.deviceId]), ['receiver_time']],
  ['a number', about({ kind: 'either', number: BUSY.number }), ['sender_time', 'receiver_time']],
  ['from one to another', about({ kind: 'directed', numbers: pair }), ['pair_time', 'pair_time']],
  ['between two', about({ kind: 'between', numbers: pair }), ['pair_time', 'pair_time']],
];

function about(subject: Subject, devices: readonly string[] | null = null) {
  return { subject, devices };
}

const slices: readonly [string, Omit<HistorySlice, 'limit'>][] = [
  ['the first page', { order: 'desc', offset: 0 }],
  ['a page by number', { order: 'desc', offset: 5_000 }],
  ['a page by cursor', { order: 'desc', offset: 0, after: MIDDLE }],
  ['a page by cursor, upwards', { order: 'asc', offset: 0, after: MIDDLE }],
];

/** Every question that pages and counts are read with. */
export const PAGE_SHAPES: readonly Shape[] = subjects.flatMap(([name, filter, indexes]) =>
  [OPEN, MONTH].flatMap((range) => [
    ...slices.map(([which, slice]) => ({
      name: `${which} of ${name}${range === MONTH ? ' in a month' : ''}`,
      indexes,
      ask: (database: Database) =>
        createHistoryRepository({ database }).slice({ ...filter, range }, { ...slice, limit: 51 }),
    })),
    {
      name: `how many of ${name}${range === MONTH ? ' in a month' : ''}`,
      indexes,
      ask: (database: Database) => createHistoryRepository({ database }).count({ ...filter, range }),
    },
  ]),
);

const figures = (
  name: string,
  indexes: readonly string[],
  ask: (repository: ReturnType<typeof createFiguresRepository>) => Promise<unknown>,
): Shape => ({ name, indexes, ask: (database) => ask(createFiguresRepository({ database })) });
const sent = { role: 'sender', number: BUSY.number, devices: null, range: OPEN } as const;
const lastAt = new Date('2026-02-10T10:00:00Z');

/** Every question that sums are read with; they may sort their groups, and read only what they count. */
export const SUM_SHAPES: readonly Shape[] = [
  figures('the tallies of a device', ['device_time'], (each) =>
    each.tallies({ ...MONTH, devices: [BUSY.deviceId] }),
  ),
  figures('the tallies of all', ['time'], (each) => each.tallies({ ...MONTH, devices: null })),
  figures('the contacts of a device', ['device_time'], (each) =>
    each.contacts({ ...MONTH, devices: [BUSY.deviceId] }),
  ),
  figures('a day of all devices', ['time'], (each) => each.deviceTallies({ ...MONTH, devices: null })),
  figures('a day of two devices', ['device_time'], (each) =>
    each.deviceTallies({ ...MONTH, devices: ['dev-0', 'dev-1'] }),
  ),
  figures('the pairs of a sender', ['sender_time'], (each) => each.pairs(sent)),
  figures('the pairs of a receiver', ['receiver_time'], (each) =>
    each.pairs({ ...sent, role: 'receiver', range: MONTH }),
  ),
  figures('the last messages of pairs', ['sender_time'], (each) =>
    each.lastOfPairs(
      sent,
      [CONTACT, '628121010007'].map((other) => ({ other, lastAt })),
    ),
  ),
];

/** What is asked of the index of words. */
export async function searchStatements(database: Database): Promise<Statement[]> {
  const { recorded, statements } = record(database);
  const search = createSearchRepository({ database: recorded });
  const filter = { terms: readSearchTerms('istimewa dibayar'), devices: [BUSY.deviceId], range: OPEN };
  await search.slice(filter, { order: 'desc', offset: 0, limit: 51, after: MIDDLE });
  await search.count(filter, 10_000);
  return statements;
}

/** Asks, and fails unless the database reads each part of the question from its index, as a range, and in order. */
export async function expectGoodPlan(database: Database, shape: Shape): Promise<void> {
  const { recorded, statements } = record(database);
  await shape.ask(recorded);
  const plans = await Promise.all(statements.map((statement) => planOf(database, statement)));
  const reads = plans.flat();
  const wanted = shape.indexes.map((index) => `history_message_${index}_idx`);
  expect(
    reads.map(({ index }) => index),
    shape.name,
  ).toEqual(wanted);
  for (const read of reads)
    expect(read, `${shape.name}: ${read.told}`).toMatchObject({ isBounded: true, isSorted: true });
}

function record(database: Database): { recorded: Database; statements: Statement[] } {
  const statements: Statement[] = [];
  const recorded: Database = {
    ...database,
    query(statement) {
      if (statement.text.includes('history_message')) statements.push(statement);
      return database.query(statement);
    },
  };
  return { recorded, statements };
}

interface Read {
  readonly index: string;
  /** Begins at a place in the index, or takes it from its end because nothing is asked. */
  readonly isBounded: boolean;
  /** Comes in order without being sorted; groups may be sorted. */
  readonly isSorted: boolean;
  readonly told: string;
}

/** How history is read by a statement, apart from the rows that are looked up by their id. */
export async function planOf(database: Database, { text, params }: Statement): Promise<Read[]> {
  const unfiltered = !/where/i.test(text);
  const counts = /group by|count\(\*\)|distinct|message_timestamp in/.test(text);
  if (database.dialect === 'sqlite') {
    const rows = await database.query<{ detail: string }>({ text: `explain query plan ${text}`, params });
    return sqliteReads(
      rows.map(({ detail }) => detail),
      { countsAll: unfiltered && text.includes('count(*)'), unfiltered },
    );
  }
  const rows = await database.query<MysqlPlan>({ text: `explain ${text}`, params });
  return rows
    .filter(({ table, type }) => (table === 'history_message' || table === 'm') && type !== 'eq_ref')
    .map(({ type, key, Extra }) => ({
      index: key ?? 'none',
      isBounded:
        ['ref', 'range', 'ref_or_null', 'fulltext'].includes(type) || (unfiltered && type === 'index'),
      isSorted: counts || !/filesort|temporary/.test(Extra),
      told: `${type} ${key} ${Extra}`,
    }));
}

interface MysqlPlan {
  readonly table: string | null;
  readonly type: string;
  readonly key: string | null;
  readonly Extra: string;
}

/** To count all rows SQLite takes the narrowest index, whatever it is told. */
const ALL = 'history_message_time_idx';

/** A union sorts the few rows of its branches; a branch itself must not. */
function sqliteReads(
  lines: readonly string[],
  { countsAll, unfiltered }: { countsAll: boolean; unfiltered: boolean },
): Read[] {
  return lines.flatMap((line, at) => {
    const [, verb, index = 'none'] =
      /^(SEARCH|SCAN) history_message USING (?:COVERING )?INDEX (\w+)/.exec(line) ?? [];
    if (verb === undefined) return /^(SEARCH|SCAN) history_message\b/.test(line) ? [unindexed(line)] : [];
    const sortsItself = lines[at + 1] === 'USE TEMP B-TREE FOR ORDER BY';
    return [
      {
        index: countsAll ? ALL : index,
        isBounded: verb === 'SEARCH' || unfiltered,
        isSorted: !sortsItself,
        told: line,
      },
    ];
  });
}

const unindexed = (told: string): Read => ({ index: 'none', isBounded: false, isSorted: false, told });
