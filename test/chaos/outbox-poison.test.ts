import { afterEach, describe, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
import type { JobAnswer } from '../support/jobs.ts';
import { type Chaos, startChaos, untilAnswer } from '../support/outbox-chaos.ts';
import { connectAll, stopAll } from '../support/outbox-chaos-calls.ts';
import { jobsEnded, ledgersOf, readLedger, startJob } from '../support/outbox-chaos-jobs.ts';
import { NOTHING_WRONG, startJudge } from '../support/outbox-chaos-judge.ts';
import { CHAOS } from '../support/outbox-chaos-plan.ts';

const ITEMS = CHAOS.items(CHAOS.isLong ? 10_000 : 60);
/** Half a minute of it are the gaps between five attempts. */
const timeout = CHAOS.isLong ? 600_000 : 120_000;
/** How long the others may take; the last of the five attempts begins later than that. */
const OTHERS_WITHIN_MS = CHAOS.isLong ? 300_000 : 20_000;

let chaos: Chaos;
afterEach(() => chaos.close());

describe('a job', () => {
  it('G15: with items that WhatsApp never takes sends all the others at once, ends, and sends those when asked again', {
    timeout,
  }, async () => {
    chaos = await startChaos({ storage: 'SQLite', devices: 1, recipients: 4 });
    const { simulator, devices, recipients, host } = chaos;
    const [device] = devices;
    if (!device) throw new Error('a device was asked for');
    const judge = startJudge(simulator, { senders: [device.phoneNumber], recipients });
    await stopAll(chaos);
    const job = await startJob(chaos, device, ITEMS);
    const ids = (await readLedger(host.api, job.jobId)).map(({ messageId }) => messageId);
    const [refused = '', , stale = '', , forbidden = ''] = ids;
    const codes = { [refused]: '500', [stale]: '479', [forbidden]: '400' };
    for (const [messageId, code] of Object.entries(codes)) {
      simulator.faults.add({ kind: 'nack', code, target: { messageId } });
    }
    const others = ids.filter((id) => !(id in codes));

    await connectAll(chaos);
    await judge.allArrived(others, OTHERS_WITHIN_MS);
    expect(others.filter((id) => judge.submissionsOf(id) !== 1)).toEqual([]);
    const ledger = async () => {
      const lines = await readLedger(host.api, job.jobId);
      return lines.filter(({ messageId }) => messageId in codes);
    };
    if (!CHAOS.isLong) {
      expect((await ledger()).map(({ status }) => status)).toEqual(['queued', 'failed', 'failed']);
    }
    await jobsEnded(chaos, [job], 60_000);
    expect(await ledger()).toMatchObject([
      { messageId: refused, status: 'failed', attempts: 5, error: { code: 'WA_500' } },
      { messageId: stale, status: 'failed', attempts: 2, error: { code: 'WA_479' } },
      { messageId: forbidden, status: 'failed', attempts: 1, error: { code: 'WA_400' } },
    ]);

    simulator.faults.clear();
    const { data } = expectOk(await host.api.post<{ retried: number }>(`jobs/${job.jobId}/retry`));
    expect(data.retried).toBe(3);
    await judge.allArrived(ids, 30_000);
    const done = await untilAnswer(
      () => host.api.get<JobAnswer>(`jobs/${job.jobId}`),
      ({ data: { status, errorCount } }) => status === 'completed' && errorCount === 0,
    );
    expect(done.data.successCount).toBe(ITEMS);
    expect(judge.judge(await ledgersOf(chaos, [job])).wrong).toEqual(NOTHING_WRONG);
  });
});
