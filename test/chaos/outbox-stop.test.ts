import { afterEach, expect, it } from 'vitest';
import { type Chaos, startChaos } from '../support/outbox-chaos.ts';
import { jobsEnded, ledgersOf, startJobs } from '../support/outbox-chaos-jobs.ts';
import { NOTHING_WRONG, startJudge } from '../support/outbox-chaos-judge.ts';
import { CHAOS, describeOnServicesFirst } from '../support/outbox-chaos-plan.ts';

const DEVICES = 6;
const STOPS = CHAOS.isLong ? 50 : 2;
const ITEMS = STOPS * DEVICES * 25;
/** RELIABILITY.md G20. */
const STOPPED_WITHIN_MS = 10_000;

let chaos: Chaos;
afterEach(() => chaos.close());

describeOnServicesFirst('jobs', (storage) => {
  it(`G20: stopped ${STOPS} times in their midst end what is under way: nothing goes twice, nothing stays behind`, {
    timeout: CHAOS.isLong ? 900_000 : 150_000,
  }, async () => {
    chaos = await startChaos({ storage, devices: DEVICES, recipients: DEVICES });
    const { simulator, devices, recipients, host } = chaos;
    const judge = startJudge(simulator, {
      senders: devices.map(({ phoneNumber }) => phoneNumber),
      recipients,
    });
    const jobs = await startJobs(chaos, ITEMS / DEVICES);
    const took: number[] = [];
    for (let stop = 1; stop <= STOPS; stop += 1) {
      await judge.reached(Math.floor((ITEMS / (STOPS + 1)) * stop));
      const began = performance.now();
      expect(await host.end('SIGTERM')).toBe(0);
      took.push(Math.round(performance.now() - began));
      await host.start();
    }
    process.stdout.write(`stopped in ${took.join(', ')} ms\n`);
    expect(Math.max(...took)).toBeLessThan(STOPPED_WITHIN_MS);

    const ids = (await ledgersOf(chaos, jobs)).map(({ messageId }) => messageId);
    await judge.allArrived(ids, 60_000);
    await jobsEnded(chaos, jobs, 30_000);
    const verdict = judge.judge(await ledgersOf(chaos, jobs));
    expect(verdict.wrong).toEqual(NOTHING_WRONG);
    expect(verdict.submissions - verdict.retryReceipts).toBe(verdict.uniqueIds);
  });
});
