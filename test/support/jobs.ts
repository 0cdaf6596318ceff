import type { Api, Call } from './api.ts';
import { expectOk } from './client.ts';
import type { TestServer } from './server.ts';
import type { TestSimulator } from './simulator.ts';

/** A job as the API shows it, as far as tests look at it. */
export interface JobAnswer {
  readonly jobId: string;
  readonly deviceId: string;
  readonly status: string;
  readonly total: number;
  readonly currentIndex: number;
  readonly successCount: number;
  readonly errorCount: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly eta: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** A line of the ledger. */
export interface LedgerLine {
  readonly index: number;
  readonly to: string;
  readonly messageId: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: { readonly code: string } | null;
}

/** The steps most tests of jobs are made of. */
export function jobSteps({ server, simulator }: { server: TestServer; simulator: TestSimulator }) {
  const { api } = server;
  return {
    /** Starts a job of texts that say `<name> <index>`; resolves with its id. */
    async start(
      deviceId: string,
      { to, name, items, ...options }: { to: string; name: string; items: number; delay?: number },
    ): Promise<string> {
      const messages = Array.from({ length: items }, (_, index) => ({ to, message: `${name} ${index}` }));
      const body = { messages, name, delay: 0, ...options };
      return expectOk(await api.post<JobAnswer>(`devices/${deviceId}/jobs/send-text`, body)).data.jobId;
    },
    get: async (jobId: string) => expectOk(await api.get<JobAnswer>(`jobs/${jobId}`)).data,
    /** Resolves with the first live event of the job that passes. */
    async until(jobId: string, passes: (job: JobAnswer) => boolean, from = 0): Promise<JobAnswer> {
      const event = await server.waitForEvent(
        (each) => each.type === 'job' && each.jobId === jobId && passes(each as unknown as JobAnswer),
        from,
      );
      return event as unknown as JobAnswer;
    },
    order: async (jobId: string, order: 'pause' | 'resume' | 'cancel' | 'retry') =>
      api.post<JobAnswer & { retried?: number; job?: JobAnswer }>(`jobs/${jobId}/${order}`),
    ledger: (jobId: string) => readLedger(api, jobId),
    /** The lines of the CSV ledger without its head, each as its cells. */
    async csv(jobId: string): Promise<string[][]> {
      const call: Call = { method: 'GET', path: `jobs/${jobId}/items`, headers: { accept: 'text/csv' } };
      const lines = expectOk(await api.call(call))
        .text.split('\r\n')
        .slice(1, -1);
      return lines.map((line) => line.split(','));
    },
    /** The ids of what a linked device of the account submitted, in order, each as often as it was. */
    sentBy: (phoneNumber: string): string[] =>
      simulator.history
        .records((each) => each.kind === 'message' && each.from.startsWith(`${phoneNumber}:`))
        .flatMap((each) => ('id' in each ? [each.id] : [])),
  };
}

/** The whole ledger, page by page. */
async function readLedger(api: Api, jobId: string): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `jobs/${jobId}/items?pageSize=200${cursor && `&cursor=${cursor}`}`;
    const { data } = expectOk(await api.get<{ items: LedgerLine[]; nextCursor: string | null }>(path));
    lines.push(...data.items);
    cursor = data.nextCursor;
  }
  return lines;
}
