import type { Api } from './api.ts';
import { expectOk } from './client.ts';
import type { JobAnswer, LedgerLine } from './jobs.ts';
import { type Chaos, type ChaosDevice, untilAnswer } from './outbox-chaos.ts';
import type { Expected } from './outbox-chaos-judge.ts';

/** A job of texts, without a gap between them, and what it says to whom. */
export interface ChaosJob {
  readonly jobId: string;
  readonly device: ChaosDevice;
  readonly messages: readonly { readonly to: string; readonly message: string }[];
}

/** Gives each device one job of `items` texts, to each recipient in turn. */
export function startJobs(chaos: Chaos, items: number): Promise<ChaosJob[]> {
  return Promise.all(chaos.devices.map((device) => startJob(chaos, device, items)));
}

export async function startJob(
  { host, recipients }: Chaos,
  device: ChaosDevice,
  items: number,
): Promise<ChaosJob> {
  const messages = Array.from({ length: items }, (_, index) => ({
    to: recipients[index % recipients.length] ?? '',
    message: `item ${index} of ${device.deviceId}`,
  }));
  const path = `devices/${device.deviceId}/jobs/send-text`;
  const { data } = expectOk(await host.api.post<JobAnswer>(path, { messages, delay: 0 }));
  return { jobId: data.jobId, device, messages };
}

/** Resolves when all jobs have ended, or after `withinMs`: the verdict says what is unfinished. */
export async function jobsEnded({ host }: Chaos, jobs: readonly ChaosJob[], withinMs: number): Promise<void> {
  for (const { jobId } of jobs) {
    await untilAnswer(
      () => host.api.get<JobAnswer>(`jobs/${jobId}`),
      ({ status, data }) => status === 200 && data.status === 'completed',
      { withinMs },
    ).catch(() => {});
  }
}

/** What the ledgers say of the items, page by page. */
export async function ledgersOf({ host }: Chaos, jobs: readonly ChaosJob[]): Promise<Expected[]> {
  const all: Expected[] = [];
  for (const { jobId, device, messages } of jobs) {
    for (const { index, messageId, to, status } of await readLedger(host.api, jobId)) {
      const asked = messages[index];
      const isAddressedSo = asked !== undefined && to === `${asked.to}@s.whatsapp.net`;
      all.push({
        messageId,
        from: device.phoneNumber,
        to: isAddressedSo ? asked.to : `${to}, which nobody asked for`,
        text: asked?.message ?? '',
        status,
      });
    }
  }
  return all;
}

export async function readLedger(api: Api, jobId: string): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `jobs/${jobId}/items?pageSize=200${cursor && `&cursor=${cursor}`}`;
    const { data } = expectOk(await api.get<{ items: LedgerLine[]; nextCursor: string | null }>(path));
    lines.push(...data.items);
    cursor = data.nextCursor;
  }
  return lines;
}
