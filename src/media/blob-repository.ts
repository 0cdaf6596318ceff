import type { Database } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';

/** A file in the store, as its row says. */
export interface StoredBlob {
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mimetype: string;
}

export type BlobRepository = ReturnType<typeof createBlobRepository>;

/** How long items of jobs that failed may still be tried again. */
const RETRIED_FOR_MS = 7 * 24 * 60 * 60_000;

/** Of a message that still needs its file; takes a time and the hash. */
const NEEDED_BY_MESSAGE = `exists (select 1 from outbound_message m where m.media_blob = media_blob.sha256
  and (m.status in ('queued', 'sending', 'held')
    or (m.status = 'failed' and m.job_id is not null and m.failed_at > ?)))`;

/** The rows of the files that are, or were lately, to be sent. Methods throw what Database throws. */
export function createBlobRepository({ database }: { database: Database }) {
  const note = dialectOf(database.dialect).merge({
    table: 'media_blob',
    columns: ['sha256', 'size_bytes', 'mimetype', 'created_at', 'last_used_at'],
    keyColumns: ['sha256'],
    updates: { last_used_at: (incoming) => incoming },
  });

  return {
    /** Somebody wants the file now. */
    async use({ sha256, sizeBytes, mimetype }: StoredBlob, at: Date): Promise<void> {
      await database.run({ text: note, params: [sha256, sizeBytes, mimetype, at, at] });
    },

    /** The same of one that is known; nothing happens to others. */
    async renew(sha256: string, at: Date): Promise<void> {
      await database.run({
        text: 'update media_blob set last_used_at = ? where sha256 = ?',
        params: [at, sha256],
      });
    },

    async isKnown(sha256: string): Promise<boolean> {
      const rows = await database.query({
        text: 'select 1 from media_blob where sha256 = ?',
        params: [sha256],
      });
      return rows.length > 0;
    },

    async totalBytes(): Promise<number> {
      const [row] = await database.query<{ total: number | string | null }>({
        text: 'select sum(size_bytes) as total from media_blob',
        params: [],
      });
      return Number(row?.total ?? 0);
    },

    /** Those nobody asked for since, and no message needs; the longest unused first. */
    async unused(since: Date, limit: number): Promise<string[]> {
      const rows = await database.query<{ sha256: string }>({
        text: `select sha256 from media_blob where last_used_at < ? and not ${NEEDED_BY_MESSAGE}
          order by last_used_at limit ${Math.trunc(limit)}`,
        params: [since, retriedSince(since)],
      });
      return rows.map(({ sha256 }) => sha256);
    },

    /** False when somebody asked for it since, or a message, a schedule or an alert that may escalate needs it. */
    async forget(sha256: string, since: Date): Promise<boolean> {
      const { changes } = await database.run({
        text: `delete from media_blob where sha256 = ? and last_used_at < ? and not ${NEEDED_BY_MESSAGE}
          and not exists (select 1 from \`schedule\` s where s.status = 'active' and s.content like ?)
          and not exists (select 1 from alert a where a.status = 'waiting' and a.escalate_at is not null and a.media like ?)`,
        params: [sha256, since, retriedSince(since), `%${sha256}%`, `%${sha256}%`],
      });
      return changes === 1;
    },
  };
}

function retriedSince(since: Date): Date {
  return new Date(since.getTime() - RETRIED_FOR_MS);
}
