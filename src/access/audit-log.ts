import type { AuditedRequest } from '../http/audit.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { AuditEntry, AuditFilter } from './audit-entry.ts';
import type { AuditRepository } from './audit-repository.ts';

interface AuditLogDeps {
  readonly entries: AuditRepository;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

/** By number, or behind the last entry of the page before. */
export interface AuditPaging {
  readonly page: number;
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

export type AuditLog = ReturnType<typeof createAuditLog>;

/** How long an entry waits for others, in ms. */
const GROUP_MS = 1_000;
/** Entries of one write. */
const GROUP_SIZE = 100;
/** Entries that wait while the database is away; beyond them the newest are not kept. */
const MOST_WAITING = 10_000;

/** Who changed what. Entries are written in groups, off the path of requests; a kill loses those of the last second. */
export function createAuditLog({ entries, clock, ids, log }: AuditLogDeps) {
  let waiting: AuditEntry[] = [];
  let lost = 0;
  let writing: Promise<void> = Promise.resolve();
  let timer: { cancel(): void } | null = null;

  async function writeAll(): Promise<void> {
    timer?.cancel();
    timer = null;
    while (waiting.length > 0) {
      const group = waiting.slice(0, GROUP_SIZE);
      await entries.add(group);
      waiting = waiting.slice(group.length);
    }
    if (lost > 0) log.error({ lost }, 'the audit log has a gap: the database was away for too long');
    lost = 0;
  }

  const write = () => {
    writing = writing.then(writeAll).catch((error: unknown) => {
      log.warn({ err: error, waiting: waiting.length }, 'the audit log waits for the database');
      later();
    });
    return writing;
  };
  const later = () => {
    timer ??= clock.after(GROUP_MS, write);
  };

  return {
    /** Never fails and never waits. */
    record(request: AuditedRequest): void {
      if (waiting.length >= MOST_WAITING) lost += 1;
      else waiting.push({ ...request, auditId: ids.next(), at: clock.now() });
      later();
    },

    /** Resolves when what was recorded until now is written, or could not be. */
    flush: write,

    /** Newest first. */
    async list(filter: AuditFilter, { page, pageSize, cursor }: AuditPaging) {
      const place =
        cursor === undefined ? { after: null, skip: (page - 1) * pageSize } : { after: cursor, skip: 0 };
      const [found, total] = await Promise.all([
        entries.list(filter, { ...place, limit: pageSize + 1 }),
        entries.count(filter),
      ]);
      const items = found.slice(0, pageSize);
      const nextCursor = found.length > pageSize ? (items.at(-1)?.auditId ?? null) : null;
      return { items, total, page, pageSize, nextCursor };
    },
  };
}
