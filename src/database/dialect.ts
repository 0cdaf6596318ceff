import { assertNever } from '../shared/exhaustive.ts';

interface Insert {
  readonly table: string;
  readonly columns: readonly string[];
  /** How many rows the statement takes; 1 when left out. */
  readonly rows?: number;
  /** The expressions of a row, in parentheses; placeholders when left out. */
  readonly row?: string;
}

interface Upsert extends Insert {
  /** The columns of the primary key; all others take the new value when the row exists. */
  readonly keyColumns: readonly string[];
}

interface Merge extends Upsert {
  /**
   * For each column that changes when the row exists: an expression over the stored and the incoming value; `of` gives the
   * incoming value of another column. In the order of the record: MySQL shows later ones what earlier ones have become.
   */
  readonly updates: Readonly<Record<string, (incoming: string, of: (column: string) => string) => string>>;
}

/** The few places where the SQL of the two databases differs. Names are quoted with backticks, which both take. */
export interface Dialect {
  /** An expression: the database's clock, comparable with stored times. */
  readonly now: string;
  /** `expression` plus as many milliseconds as its one placeholder says. */
  plusMs(expression: string): string;
  /** A statement that inserts rows or overwrites those with the same key. */
  upsert(upsert: Upsert): string;
  /** A statement that inserts rows or merges them with those with the same key. */
  merge(merge: Merge): string;
  /** An expression: the minutes since 1970 of a time. */
  minuteOf(column: string): string;
  /**
   * A statement that leaves rows whose key exists alone; `changes` then does not count them. On MySQL it also shortens
   * values that are too long instead of refusing them, so check lengths before.
   */
  insertIgnore(insert: Insert): string;
  /** How an update of a table begins that leaves rows alone which would get a key that exists; they are not counted. */
  updateIgnore(table: string): string;
  /** What follows a SELECT within a write so that the rows it finds stay as they are until the commit. */
  readonly untilCommit: string;
  /** The table with the index it must be read by; MariaDB otherwise walks a whole key prefix for keyset pages. */
  forceIndex(table: string, index: string): string;
  /** Numbers counted in the column `value` of the row `name`. */
  sequence(table: string, name: string): Sequence;
}

interface Sequence {
  /** A statement that takes as many numbers as its one placeholder says; nobody else takes any before the commit. */
  readonly advance: string;
  /** An expression for statements after it in the same transaction: the last number taken. */
  readonly last: string;
}

/** The dialect of a database. */
export function dialectOf(name: 'sqlite' | 'mysql'): Dialect {
  switch (name) {
    case 'sqlite':
      return sqlite;
    case 'mysql':
      return mysql;
    default:
      return assertNever(name);
  }
}

const sqlite: Dialect = {
  now: "cast(round(unixepoch('subsec') * 1000) as integer)",
  plusMs: (expression) => `(${expression} + ?)`,
  upsert({ keyColumns, ...insert }) {
    const updates = rest(insert.columns, keyColumns).map((column) => `${column} = excluded.${column}`);
    const action = updates.length > 0 ? `update set ${updates.join(', ')}` : 'nothing';
    return `insert ${values(insert)} on conflict (${quoted(keyColumns).join(', ')}) do ${action}`;
  },
  merge({ keyColumns, updates, ...insert }) {
    const changes = assignments(updates, (column) => `excluded.${column}`);
    return `insert ${values(insert)} on conflict (${quoted(keyColumns).join(', ')}) do update set ${changes}`;
  },
  minuteOf: (column) => `(${column} / 60000)`,
  insertIgnore: (insert) => `insert ${values(insert)} on conflict do nothing`,
  updateIgnore: (table) => `update or ignore \`${table}\``,
  // There is one writer.
  untilCommit: '',
  forceIndex: (table, index) => `\`${table}\` indexed by \`${index}\``,
  sequence: (table, name) => ({
    advance: `update \`${table}\` set value = value + ? where name = '${name}'`,
    last: `(select value from \`${table}\` where name = '${name}')`,
  }),
};

const mysql: Dialect = {
  now: 'utc_timestamp(3)',
  plusMs: (expression) => `date_add(${expression}, interval ? * 1000 microsecond)`,
  upsert({ keyColumns, ...insert }) {
    const others = rest(insert.columns, keyColumns);
    const updates = (others.length > 0 ? others : quoted(keyColumns)).map(
      (column) => `${column} = values(${column})`,
    );
    return `insert ${values(insert)} on duplicate key update ${updates.join(', ')}`;
  },
  merge: ({ updates, ...insert }) =>
    `insert ${values(insert)} on duplicate key update ${assignments(updates, (column) => `values(${column})`)}`,
  minuteOf: (column) => `timestampdiff(minute, '1970-01-01 00:00:00', ${column})`,
  insertIgnore: (insert) => `insert ignore ${values(insert)}`,
  updateIgnore: (table) => `update ignore \`${table}\``,
  untilCommit: ' lock in share mode',
  forceIndex: (table, index) => `\`${table}\` force index (\`${index}\`)`,
  // The server remembers the number for the connection, which a subquery for each row would look up again.
  sequence: (table, name) => ({
    advance: `update \`${table}\` set value = last_insert_id(value + ?) where name = '${name}'`,
    last: 'last_insert_id()',
  }),
};

function values({ table, columns, rows = 1, ...insert }: Insert): string {
  const row = insert.row ?? `(${columns.map(() => '?').join(', ')})`;
  const all = Array.from({ length: rows }, () => row).join(', ');
  return `into \`${table}\` (${quoted(columns).join(', ')}) values ${all}`;
}

function assignments(updates: Merge['updates'], incoming: (column: string) => string): string {
  return Object.entries(updates)
    .map(([column, merged]) => `\`${column}\` = ${merged(incoming(column), incoming)}`)
    .join(', ');
}

function quoted(names: readonly string[]): string[] {
  return names.map((name) => `\`${name}\``);
}

function rest(columns: readonly string[], keyColumns: readonly string[]): string[] {
  return quoted(columns.filter((column) => !keyColumns.includes(column)));
}
