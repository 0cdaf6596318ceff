import { clip, clipNullable, parseJsonColumn } from '../database/columns.ts';
import type { Database, SqlValue } from '../database/database.ts';
import type { Actor, AuditDetails } from '../http/audit.ts';
import { firstIdAt } from '../shared/ids.ts';
import type { AuditEntry, AuditFilter } from './audit-entry.ts';

/** Where the audit log is kept. Methods throw what Database throws. */
export interface AuditRepository {
  /** All of them together; those that are there already stay as they are. */
  add(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first, behind the entry `after`. */
  list(
    filter: AuditFilter,
    page: { readonly after: string | null; readonly skip: number; readonly limit: number },
  ): Promise<AuditEntry[]>;
  count(filter: AuditFilter): Promise<number>;
  /** Removes at most `most` from before this time; resolves with how many those were. */
  removeBefore(at: Date, most: number): Promise<number>;
}

interface Row {
  readonly audit_id: string;
  readonly at: Date;
  readonly actor_kind: Actor['kind'];
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly status: number;
  readonly ip: string;
  readonly request_id: string;
  readonly details: unknown;
}

const COLUMNS =
  'audit_id, at, actor_kind, actor_id, actor_name, action, target, status, ip, request_id, details';
const MARKS = `(${COLUMNS.replace(/\w+/g, '?')})`;

export function createAuditRepository({ database }: { database: Database }): AuditRepository {
  return {
    async add(entries) {
      if (entries.length === 0) return;
      // A commit whose answer was lost may have happened.
      const known = await idsOf(entries.map(({ auditId }) => auditId));
      const fresh = entries.filter(({ auditId }) => !known.has(auditId));
      if (fresh.length === 0) return;
      await database.run({
        text: `insert into audit_entry (${COLUMNS}) values ${fresh.map(() => MARKS).join(', ')}`,
        params: fresh.flatMap(valuesOf),
      });
    },
    async list(filter, { after, skip, limit }) {
      const { conditions, params } = conditionsOf(filter);
      if (after !== null) {
        conditions.push('audit_id < ?');
        params.push(after);
      }
      const rows = await database.query<Row>({
        text: `select ${COLUMNS} from audit_entry ${where(conditions)} order by audit_id desc limit ? offset ?`,
        params: [...params, limit, skip],
      });
      return rows.map(toEntry);
    },
    async count(filter) {
      const { conditions, params } = conditionsOf(filter);
      const text = `select count(*) as total from audit_entry ${where(conditions)}`;
      const [row] = await database.query<{ total: number }>({ text, params });
      return Number(row?.total ?? 0);
    },
    async removeBefore(at, most) {
      const rows = await database.query<Pick<Row, 'audit_id'>>({
        text: 'select audit_id from audit_entry where audit_id < ? order by audit_id limit ?',
        params: [firstIdAt(at), most],
      });
      const last = rows.at(-1);
      if (!last) return 0;
      const text = 'delete from audit_entry where audit_id <= ?';
      return (await database.run({ text, params: [last.audit_id] })).changes;
    },
  };

  async function idsOf(ids: readonly string[]): Promise<Set<string>> {
    const rows = await database.query<Pick<Row, 'audit_id'>>({
      text: `select audit_id from audit_entry where audit_id in (${ids.map(() => '?').join(', ')})`,
      params: ids,
    });
    return new Set(rows.map(({ audit_id }) => audit_id));
  }
}

function conditionsOf({ actor, action, from, to }: AuditFilter) {
  const all: [string, SqlValue | undefined][] = [
    ['actor_id = ?', actor],
    ['action = ?', action],
    ['audit_id >= ?', from && firstIdAt(from)],
    ['audit_id < ?', to && firstIdAt(to)],
  ];
  const asked = all.flatMap(([condition, value]) => (value === undefined ? [] : [{ condition, value }]));
  return {
    conditions: asked.map(({ condition }) => condition),
    params: asked.map(({ value }): SqlValue => value),
  };
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
}

function valuesOf({ actor, details, ...entry }: AuditEntry): SqlValue[] {
  return [
    entry.auditId,
    entry.at,
    actor.kind,
    actor.id,
    clipNullable(actor.name, 100),
    clip(entry.action, 100),
    clipNullable(entry.target, 300),
    entry.status,
    clip(entry.ip, 45),
    clip(entry.requestId, 64),
    details && JSON.stringify(details),
  ];
}

function toEntry(row: Row): AuditEntry {
  return {
    auditId: row.audit_id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name } as Actor,
    action: row.action,
    target: row.target,
    status: row.status,
    ip: row.ip,
    requestId: row.request_id,
    details: parseJsonColumn(row.details) as AuditDetails | null,
  };
}
