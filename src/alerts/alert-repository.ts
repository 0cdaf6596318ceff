import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import { firstIdAt } from '../shared/ids.ts';
import { createAcknowledgementRepository } from './acknowledgement-repository.ts';
import type { Alert, AlertItem, AlertStatus, NewAlert, NewAlertItem } from './alert.ts';
import { type AlertItemRow, type AlertRow, toAlert, toAlertItem } from './alert-rows.ts';
import { escalate, insertAlert, insertItems, keepKeys, type SameKey } from './alert-statements.ts';

export type { SameKey } from './alert-statements.ts';

export interface AlertFilter {
  /** Null: all. */
  readonly deviceIds: readonly string[] | null;
  readonly status?: AlertStatus | undefined;
}

export interface AlertPage extends AlertFilter {
  readonly limit: number;
  /** Only those older than the one with this id. */
  readonly before?: string | undefined;
}

/** An alert, and how long it has to wait until it escalates by the database's clock. */
export interface AlertReading {
  readonly alert: Alert;
  /** Null: never. */
  readonly inMs: number | null;
}

export type AlertRepository = ReturnType<typeof createAlertRepository>;

/** The rows of alerts. Only the database's clock is asked. Methods throw what Database throws. */
export function createAlertRepository({ database }: { database: Database }) {
  const dialect = dialectOf(database.dialect);
  const { now } = dialect;
  const alerts = async (statement: Statement) => (await database.query<AlertRow>(statement)).map(toAlert);

  return {
    ...createAcknowledgementRepository({ database }),

    /** Statements that store an alert; DuplicateKeyError when it is one that was told just now. */
    begin: (alert: NewAlert, items: readonly NewAlertItem[], keys: readonly SameKey[]): Statement[] => [
      ...keepKeys(dialect, alert.id, keys),
      ...insertAlert(dialect, alert, items),
    ],

    /** The alert that is the same until now; null when there is none. */
    async same(hashes: readonly string[]): Promise<string | null> {
      if (hashes.length === 0) return null;
      const [row] = await database.query<{ alert_id: string }>({
        text: `select alert_id from alert_key where hash in (${hashes.map(() => '?').join(', ')})
          and until_at > ${now} limit 1`,
        params: hashes,
      });
      return row?.alert_id ?? null;
    },

    /** Counts one more that is not sent, with `beside` in one transaction. */
    async repeat(alertId: string, beside: readonly Statement[]): Promise<void> {
      const statement = {
        text: `update alert set repeats = repeats + 1, last_repeated_at = ${now} where id = ?`,
        params: [alertId],
      };
      await database.writeAtomically({ statements: [...beside, statement] });
    },

    async forgetKey(hash: string): Promise<void> {
      await database.run({ text: 'delete from alert_key where hash = ?', params: [hash] });
    },

    async find(id: string): Promise<AlertReading | null> {
      const [row] = await database.query<AlertRow & { db_now: Date | number }>({
        text: `select a.*, ${now} as db_now from alert a where a.id = ?`,
        params: [id],
      });
      if (!row) return null;
      const alert = toAlert(row);
      return { alert, inMs: alert.escalateAt && alert.escalateAt.getTime() - Number(row.db_now) };
    },

    /** Newest first. */
    page({ limit, before, ...filter }: AlertPage): Promise<Alert[]> {
      const conditions = conditionsOf(filter);
      if (before !== undefined) conditions.push(['id < ?', [before]]);
      return alerts({
        text: `select * from alert where ${textOf(conditions)} order by id desc limit ${Math.trunc(limit)}`,
        params: conditions.flatMap(([, values]) => values),
      });
    },

    async count(filter: AlertFilter): Promise<number> {
      const conditions = conditionsOf(filter);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from alert where ${textOf(conditions)}`,
        params: conditions.flatMap(([, values]) => values),
      });
      return Number(row?.total ?? 0);
    },

    async items(alertId: string): Promise<AlertItem[]> {
      const rows = await database.query<AlertItemRow>({
        text: `select i.*, m.status from alert_item i left join outbound_message m on m.id = i.id
          where i.alert_id = ? order by i.stage, i.id`,
        params: [alertId],
      });
      return rows.map(toAlertItem);
    },

    /** How many messages of each of the alerts are in which status. */
    async progress(
      alertIds: readonly string[],
    ): Promise<{ alertId: string; status: string; count: number }[]> {
      if (alertIds.length === 0) return [];
      const rows = await database.query<{ alert_id: string; status: string | null; total: number }>({
        text: `select i.alert_id, m.status, count(*) as total from alert_item i
          left join outbound_message m on m.id = i.id
          where i.alert_id in (${alertIds.map(() => '?').join(', ')}) group by i.alert_id, m.status`,
        params: alertIds,
      });
      return rows.map(({ alert_id, status, total }) => ({
        alertId: alert_id,
        status: status ?? 'unknown',
        count: Number(total),
      }));
    },

    /** The conditions and the change of an escalation; see the runner. */
    escalate: (alert: Alert, problem: string | null) => escalate(dialect, alert, problem),
    insertItems,

    /** False when somebody acknowledged it, or another process was faster. */
    async escalateToNobody(alert: Alert, problem: string): Promise<boolean> {
      const { changes } = await database.run(escalate(dialect, alert, problem).statement);
      return changes === 1;
    },

    /** What is due to escalate, the longest first. */
    async due(limit: number): Promise<string[]> {
      const rows = await database.query<{ id: string }>({
        text: `select id from alert where status = 'waiting' and escalate_at <= ${now}
          order by escalate_at limit ${Math.trunc(limit)}`,
        params: [],
      });
      return rows.map(({ id }) => id);
    },

    /** Forgets alerts from before then, and keys whose time has passed. */
    async purge(before: Date): Promise<void> {
      const first = firstIdAt(before);
      await database.run({ text: 'delete from alert_item where alert_id < ?', params: [first] });
      await database.run({ text: 'delete from alert where id < ?', params: [first] });
      await database.run({ text: `delete from alert_key where until_at <= ${now}`, params: [] });
    },
  };
}

function conditionsOf({ deviceIds, status }: AlertFilter): [string, SqlValue[]][] {
  const conditions: [string, SqlValue[]][] = [['1 = 1', []]];
  if (deviceIds !== null) {
    const places = deviceIds.map(() => '?').join(', ');
    conditions.push(deviceIds.length === 0 ? ['1 = 0', []] : [`device_id in (${places})`, [...deviceIds]]);
  }
  if (status !== undefined) conditions.push(['status = ?', [status]]);
  return conditions;
}

function textOf(conditions: readonly [string, SqlValue[]][]): string {
  return conditions.map(([text]) => text).join(' and ');
}
