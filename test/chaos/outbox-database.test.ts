import { afterEach, expect, it } from 'vitest';
import { allConnected, type Chaos, connectedTo, pause, startChaos } from '../support/outbox-chaos.ts';
import { introduce, receivedBy, writeSteadily } from '../support/outbox-chaos-inbound.ts';
import { jobsEnded, ledgersOf, startJobs } from '../support/outbox-chaos-jobs.ts';
import { NOTHING_WRONG, startJudge } from '../support/outbox-chaos-judge.ts';
import { CHAOS, describeOnServices } from '../support/outbox-chaos-plan.ts';

const DEVICES = 4;
const ITEMS_OF_EACH = CHAOS.isLong ? 1_000 : 150;
/** A minute is longer than a process keeps its sockets without a database. */
const OUTAGES_MS = CHAOS.isLong ? [5_000, 60_000] : [5_000];
/** Ten seconds without a database, and what closing takes. */
const PARKED_WITHIN_MS = 15_000;
/** RELIABILITY.md G5. */
const BACK_WITHIN_MS = 90_000;

let chaos: Chaos;
afterEach(() => chaos.close());

describeOnServices('without the database', () => {
  for (const outageMs of OUTAGES_MS) {
    it(`G5: for ${outageMs / 1_000} s, killed while devices send and receive: no device links again, nothing is lost`, {
      timeout: CHAOS.isLong ? 600_000 : 150_000,
    }, async () => {
      chaos = await startChaos({ storage: 'MariaDB and Redis', devices: DEVICES, recipients: DEVICES });
      const { simulator, devices, recipients, mariadb, host } = chaos;
      await introduce(chaos);
      const judge = startJudge(simulator, {
        senders: devices.map(({ phoneNumber }) => phoneNumber),
        recipients,
      });
      const linked = () => simulator.history.of('device-linked').length;
      const linkedBefore = linked();
      const jobs = await startJobs(chaos, ITEMS_OF_EACH);
      const inbound = writeSteadily(chaos);
      await judge.reached(DEVICES * 30);
      await mariadb?.kill();
      await pause(Math.min(outageMs, PARKED_WITHIN_MS));
      const parked = outageMs > PARKED_WITHIN_MS;
      if (parked) expect(connectedTo(simulator)).toEqual([]);
      await pause(outageMs - PARKED_WITHIN_MS);
      if (parked) expect(connectedTo(simulator)).toEqual([]);
      await mariadb?.restart();
      const backAt = performance.now();
      await allConnected(host, DEVICES, BACK_WITHIN_MS);
      const backInMs = Math.round(performance.now() - backAt);
      expect(backInMs).toBeLessThan(BACK_WITHIN_MS);
      const written = await inbound.stop();

      const ids = (await ledgersOf(chaos, jobs)).map(({ messageId }) => messageId);
      await judge.allArrived(ids, BACK_WITHIN_MS);
      await jobsEnded(chaos, jobs, 30_000);
      const verdict = judge.judge(await ledgersOf(chaos, jobs));
      expect(verdict.wrong).toEqual(NOTHING_WRONG);
      expect(await receivedBy(chaos, written)).toEqual(written.toSorted());
      expect(linked()).toBe(linkedBefore);
      expect(host.process.child.exitCode).toBeNull();
      process.stdout.write(
        `${outageMs} ms away: ${verdict.submissions} submissions of ${verdict.uniqueIds} ids, ${written.length} received, all connected after ${backInMs} ms\n`,
      );
    });
  }
});
