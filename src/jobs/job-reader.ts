import type { OutboundStatus } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Job, JobStatus } from './job.ts';
import { CSV_HEAD, ledgerLine } from './job-csv.ts';
import type { JobLedgerRepository } from './job-ledger-repository.ts';
import type { JobOutbox } from './job-ports.ts';
import { progressOf, type RecentAcks } from './job-progress.ts';
import type { JobRepository } from './job-repository.ts';
import { type JobItemView, type JobView, toJobItemView, toJobView } from './job-view.ts';

export interface JobReaderDeps {
  jobs: Pick<JobRepository, 'find' | 'list' | 'count'>;
  ledger: JobLedgerRepository;
  outbox: Pick<JobOutbox, 'countByJob'>;
  clock: Clock;
}

/** One page of a list: by number, or after the last one of the page before. */
export interface Paging<Cursor> {
  readonly page: number;
  readonly pageSize: number;
  readonly cursor?: Cursor | undefined;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  readonly nextCursor: string | null;
}

export type JobReader = ReturnType<typeof createJobReader>;

/** Lines of the ledger that are read at once while it is written out as CSV. */
const CSV_LINES_AT_ONCE = 1_000;

/** Jobs and their ledgers as callers see them. What a caller may not use does not exist for it: JOB_NOT_FOUND. */
export function createJobReader({ jobs, ledger, outbox, clock }: JobReaderDeps) {
  async function get(jobId: string, mayUse: (deviceId: string) => boolean): Promise<Job> {
    const job = await jobs.find(jobId);
    if (!job || !mayUse(job.deviceId)) throw new AppError('JOB_NOT_FOUND', { jobId });
    return job;
  }

  async function view(job: Job): Promise<JobView> {
    const counts = await outbox.countByJob(job.id);
    const recent: RecentAcks =
      job.status === 'processing'
        ? await ledger.recentAcks(job.id, progressOf(job, counts).currentIndex)
        : [];
    return toJobView(job, { counts, recent, now: clock.now() });
  }

  return {
    /** Throws JOB_NOT_FOUND. */
    get,
    view,

    /** Newest first, unless `order` says otherwise. */
    async list(
      filter: { readonly deviceIds: readonly string[] | null; readonly status?: JobStatus | undefined },
      { page, pageSize, cursor, order }: Paging<string> & { readonly order?: 'asc' | 'desc' | undefined },
    ): Promise<Page<JobView>> {
      const offset = cursor === undefined ? (page - 1) * pageSize : 0;
      const found = await jobs.list(filter, { limit: pageSize + 1, offset, order, after: cursor });
      const shown = found.slice(0, pageSize);
      const items: JobView[] = [];
      // One after the other, so that counting many long jobs leaves room for other work.
      for (const job of shown) items.push(await view(job));
      const nextCursor = found.length > pageSize ? (shown.at(-1)?.id ?? null) : null;
      return { items, total: await jobs.count(filter), page, pageSize, nextCursor };
    },

    /** The ledger in the order of the items. */
    async items(
      job: Job,
      { status, page, pageSize, cursor }: Paging<number> & { readonly status?: OutboundStatus | undefined },
    ): Promise<Page<JobItemView>> {
      const offset = cursor === undefined ? (page - 1) * pageSize : 0;
      const found = await ledger.list(job.id, { status, after: cursor, offset, limit: pageSize + 1 });
      const shown = found.slice(0, pageSize);
      const counts = await outbox.countByJob(job.id);
      const last = found.length > pageSize ? shown.at(-1) : undefined;
      return {
        items: shown.map(toJobItemView),
        total: status === undefined ? job.total : (counts.get(status) ?? 0),
        page,
        pageSize,
        nextCursor: last === undefined ? null : String(last.index),
      };
    },

    /** The whole ledger as CSV, piece by piece; each piece is read when it is asked for. */
    async *csv(job: Job, status?: OutboundStatus): AsyncGenerator<string> {
      yield CSV_HEAD;
      for (let after: number | undefined = -1; after !== undefined; ) {
        const items = await ledger.list(job.id, { status, after, limit: CSV_LINES_AT_ONCE });
        if (items.length > 0) yield items.map((item) => ledgerLine(toJobItemView(item))).join('');
        after = items.length === CSV_LINES_AT_ONCE ? items.at(-1)?.index : undefined;
      }
    },
  };
}
