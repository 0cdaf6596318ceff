import { afterEach, expect, it } from 'vitest';
import { type Chaos, pause, startChaos } from '../support/outbox-chaos.ts';
import { type Accepted, messagesOf, postText } from '../support/outbox-chaos-calls.ts';
import { ledgersOf, startJobs } from '../support/outbox-chaos-jobs.ts';
import { NOTHING_WRONG, startJudge } from '../support/outbox-chaos-judge.ts';
import { CHAOS, describeOnServices } from '../support/outbox-chaos-plan.ts';

const DEVICES = 4;
const ITEMS_OF_EACH = CHAOS.isLong ? 1_000 : 120;
const OUTAGE_MS = CHAOS.isLong ? 60_000 : 6_000;
/** RELIABILITY.md G4. */
const RESUMED_WITHIN_MS = 30_000;

let chaos: Chaos;
afterEach(() => chaos.close());

describeOnServices('without Redis', () => {
  it('G4: nothing is lost and nothing goes twice, a job goes on, and what is asked of another process is sent meanwhile', {
    timeout: CHAOS.isLong ? 600_000 : 120_000,
  }, async () => {
    chaos = await startChaos({
      storage: 'MariaDB and Redis',
      devices: DEVICES,
      recipients: DEVICES,
      roles: ['devices', 'api'],
    });
    const { simulator, devices, recipients, redis, hosts } = chaos;
    const judge = startJudge(simulator, {
      senders: devices.map(({ phoneNumber }) => phoneNumber),
      recipients,
    });
    const [owner, other] = hosts;
    if (!owner || !other || !redis) throw new Error('two processes and a Redis were asked for');
    /** A text that the process without devices accepts. */
    const ask = async (index: number): Promise<Accepted> => {
      const accepted = await postText({ ...chaos, host: other }, index);
      if (!accepted) throw new Error(`text ${index} was not accepted`);
      return accepted;
    };

    const jobs = await startJobs({ ...chaos, host: other }, ITEMS_OF_EACH);
    await judge.reached(ITEMS_OF_EACH / 2);
    await redis.flushAll();
    await judge.reached(ITEMS_OF_EACH);
    const killedAt = performance.now();
    await redis.kill();
    const before = judge.ids().size;
    const duringOutage: Accepted[] = [];
    for (let index = 0; index < 20; index += 1) duringOutage.push(await ask(index));
    await judge.reached(Math.min(before + 30, DEVICES * ITEMS_OF_EACH));
    await judge.allArrived(
      duringOutage.map(({ messageId }) => messageId),
      RESUMED_WITHIN_MS,
    );
    const sent = judge.ids();
    expect(duringOutage.filter(({ messageId }) => !sent.has(messageId))).toEqual([]);
    expect(performance.now() - killedAt).toBeLessThan(RESUMED_WITHIN_MS);
    await pause(Math.max(0, OUTAGE_MS - (performance.now() - killedAt)));
    await redis.restart();

    const afterwards = await ask(20);
    const items = await ledgersOf(chaos, jobs);
    await judge.allArrived(
      [...items, afterwards].map(({ messageId }) => messageId),
      60_000,
    );
    const rows = await messagesOf(chaos);
    const verdict = judge.judge(rows);
    expect(rows).toHaveLength(DEVICES * ITEMS_OF_EACH + 21);
    expect(verdict.wrong).toEqual(NOTHING_WRONG);
    expect(verdict.submissions - verdict.retryReceipts).toBe(verdict.uniqueIds);
  });
});
