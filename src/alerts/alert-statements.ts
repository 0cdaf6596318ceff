import type { SqlValue, Statement } from '../database/database.ts';
import type { Dialect } from '../database/dialect.ts';
import type { Alert, NewAlert, NewAlertItem } from './alert.ts';
import { ITEM_COLUMNS, toColumns, toItemValues } from './alert-rows.ts';

/** What is the same alert, and for how long. */
export interface SameKey {
  readonly hash: string;
  readonly forMs: number;
  /** `claim`: nothing is stored while another alert has it. `note`: takes the place of what was there. */
  readonly kind: 'claim' | 'note';
}

/** Rows in one statement. */
const ROWS_AT_ONCE = 100;

/** A new alert with those who get it; times are the database's. */
export function insertAlert(
  { now, plusMs }: Dialect,
  alert: NewAlert,
  items: readonly NewAlertItem[],
): Statement[] {
  const columns = toColumns(alert);
  const { escalation } = alert;
  const [escalateAt, params]: [string, SqlValue[]] = escalation
    ? [plusMs(now), [escalation.afterMs]]
    : ['null', []];
  return [
    {
      text: `insert into alert (${columns.map(([name]) => name).join(', ')}, created_at, escalate_at)
        values (${columns.map(() => '?').join(', ')}, ${now}, ${escalateAt})`,
      params: [...columns.map(([, value]) => value), ...params],
    },
    ...insertItems(items),
  ];
}

export function insertItems(items: readonly NewAlertItem[]): Statement[] {
  const statements: Statement[] = [];
  for (let from = 0; from < items.length; from += ROWS_AT_ONCE) {
    const some = items.slice(from, from + ROWS_AT_ONCE);
    statements.push({
      text: `insert into alert_item (${ITEM_COLUMNS}) values ${some.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
      params: some.flatMap(toItemValues),
    });
  }
  return statements;
}

/** DuplicateKeyError when another alert has a claimed key. */
export function keepKeys({ now, plusMs, upsert }: Dialect, alertId: string, keys: readonly SameKey[]) {
  const columns = ['hash', 'alert_id', 'until_at'];
  const row = `(?, ?, ${plusMs(now)})`;
  return keys.flatMap(({ hash, forMs, kind }): Statement[] => {
    const params = [hash, alertId, forMs];
    if (kind === 'note') {
      return [{ text: upsert({ table: 'alert_key', columns, keyColumns: ['hash'], row }), params }];
    }
    return [
      { text: `delete from alert_key where hash = ? and until_at <= ${now}`, params: [hash] },
      { text: `insert into alert_key (${columns.join(', ')}) values ${row}`, params },
    ];
  });
}

/** While nobody acknowledged it, and it has not escalated. */
export function escalate({ now }: Dialect, { id }: Alert, problem: string | null) {
  const unchanged = "id = ? and status = 'waiting' and escalated_at is null";
  return {
    guard: { text: `select 1 from alert where ${unchanged}`, params: [id] },
    statement: {
      text: `update alert set status = 'escalated', escalated_at = ${now}, escalate_at = null, problem = ?
        where ${unchanged}`,
      params: [problem, id],
    },
  };
}
