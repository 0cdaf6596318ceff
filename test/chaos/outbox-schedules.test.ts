import { afterEach, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
import { type Chaos, type Host, startChaos } from '../support/outbox-chaos.ts';
import { messagesOf } from '../support/outbox-chaos-calls.ts';
import { NOTHING_WRONG, startJudge } from '../support/outbox-chaos-judge.ts';
import { CHAOS, describeOnServices } from '../support/outbox-chaos-plan.ts';

const SCHEDULES = CHAOS.isLong ? 200 : 24;
const DEVICES = 2;
const DAY_MS = 86_400_000;
/** RELIABILITY.md G14; with what a machine adds that runs other tests meanwhile. */
const LATE_MS = 2_000 + 1_000;

interface ScheduleAnswer {
  readonly scheduleId: string;
  readonly runAt: string;
  readonly status: string;
  readonly runs: number;
  readonly messageId: string | null;
}

let chaos: Chaos;
afterEach(() => chaos.close());

const withClockOff = (ms: number) => ({
  role: 'worker',
  environment: {
    CLOCK_SHIFT_MS: String(ms),
    NODE_OPTIONS: `--import ${new URL('../support/shifted-clock.ts', import.meta.url).href}`,
  },
});

describeOnServices('schedules of several processes', () => {
  it('G14: are fired once each and in time, whose clocks ever are a day ahead or behind, and while one process dies', {
    timeout: 120_000,
  }, async () => {
    const roles = ['all', withClockOff(DAY_MS), withClockOff(-DAY_MS)];
    chaos = await startChaos({ storage: 'MariaDB and Redis', devices: DEVICES, recipients: DEVICES, roles });
    const { simulator, devices, recipients, host, hosts } = chaos;
    expect(hosts.map(daysOff)).toEqual(['0', '1', '-1']);
    const judge = startJudge(simulator, {
      senders: devices.map(({ phoneNumber }) => phoneNumber),
      recipients,
    });
    const soon = Math.ceil((Date.now() + 3_000) / 1_000) * 1_000;
    const asked = await Promise.all(
      Array.from({ length: SCHEDULES }, async (_, index) => {
        const scheduleTime = new Date(soon + (index % 4) * 1_000).toISOString();
        const body = { to: recipients[index % DEVICES], message: `scheduled ${index}`, scheduleTime };
        const path = `devices/${devices[index % DEVICES]?.deviceId}/schedule-message`;
        return expectOk(await host.api.post<ScheduleAnswer>(path, body)).data;
      }),
    );
    await judge.reached(SCHEDULES / 3);
    await hosts[1]?.end('SIGKILL');
    await judge.reached(SCHEDULES);

    const rows = await messagesOf(chaos);
    expect(rows).toHaveLength(SCHEDULES);
    await judge.allArrived(
      rows.map(({ messageId }) => messageId),
      30_000,
    );
    expect(judge.judge(rows).wrong).toEqual(NOTHING_WRONG);
    const sentAt = new Map(simulator.history.of('message').map(({ id, at }) => [id, at]));
    const lateness: number[] = [];
    for (const [index, { scheduleId, runAt }] of asked.entries()) {
      const path = `devices/${devices[index % DEVICES]?.deviceId}/schedules/${scheduleId}`;
      const { data } = expectOk(await host.api.get<ScheduleAnswer>(path));
      expect(data).toMatchObject({ status: 'done', runs: 1 });
      lateness.push((sentAt.get(data.messageId ?? '') ?? 0) - Date.parse(runAt));
    }
    process.stdout.write(`late by ${Math.min(...lateness)} to ${Math.max(...lateness)} ms\n`);
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateness)).toBeLessThan(LATE_MS);
  });
});

/** How far its clock is off, by the time on its first line of log. */
function daysOff({ process: { lines } }: Host): string {
  const { time }: { time: number } = JSON.parse(lines.all[0] ?? '');
  return ((time - Date.now()) / DAY_MS).toFixed(0).replace('-0', '0');
}
