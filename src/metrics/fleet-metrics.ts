import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { createFleetRepository, type FleetRepository } from './fleet-repository.ts';
import type { Instruments } from './instruments.ts';
import { keptForAWhile } from './kept-for-a-while.ts';
import type { Metrics } from './metrics.ts';

interface FleetMetricsDeps {
  readonly metrics: Metrics;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Sets what the rows say before each reading, from counts a few seconds old; nothing when they cannot be had. */
export function measureFleet({ metrics, database, clock, log }: FleetMetricsDeps): void {
  const repository = createFleetRepository(database);
  const counts = keptForAWhile({
    clock,
    load: () => takeCounts(repository),
    onFailure: (error) => log.debug({ err: error }, 'counts for the metrics could not be taken'),
  });
  metrics.beforeReading(async () => show(metrics.instruments, { counts: await counts(), now: clock.now() }));
}

type Counts = Awaited<ReturnType<typeof takeCounts>>;

async function takeCounts(repository: FleetRepository) {
  // One after the other: measuring takes one connection of the pool, not five.
  const devices = await repository.devices();
  const outbox = await repository.outbox();
  const heads = await repository.outboxHeads();
  const jobs = await repository.jobs();
  const nextScheduleAt = await repository.nextScheduleAt();
  return { devices, outbox, heads, jobs, nextScheduleAt };
}

function show(instruments: Instruments, { counts, now }: { counts: Counts | null; now: Date }): void {
  const { devices, outboxMessages, outboxLag, jobs, scheduleLag } = instruments;
  for (const gauge of [devices, outboxMessages, outboxLag, jobs, scheduleLag]) gauge.reset();
  if (counts === null) {
    // A gauge without labels is never absent; a lag nobody knows is not zero.
    scheduleLag.set(Number.NaN);
    return;
  }
  const secondsSince = (time: Date) => Math.max(0, now.getTime() - time.getTime()) / 1000;
  for (const { status, count } of counts.devices) devices.set({ status }, count);
  for (const { status, source, deviceStatus, count } of counts.outbox) {
    outboxMessages.set({ status, source, device_status: deviceStatus }, count);
  }
  for (const { source, deviceStatus, oldestDueAt } of counts.heads) {
    outboxLag.set({ source, device_status: deviceStatus }, secondsSince(oldestDueAt));
  }
  for (const { status, count } of counts.jobs) jobs.set({ status }, count);
  scheduleLag.set(counts.nextScheduleAt ? secondsSince(counts.nextScheduleAt) : 0);
}
