import type { Clock } from '../shared/clock.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { afterOutcome } from './breaker.ts';
import { type DeviceHealth, withWarning } from './device-health.ts';
import type { DeviceHealthKeeper } from './device-health-keeper.ts';
import { toPacingHealth } from './device-health-view.ts';
import { laneOf } from './lane.ts';
import { isUrgent, JOB_PRIORITY, type Lane, priorityOf, type QueuedMessage } from './outbox-message.ts';
import { awaitedTimes, historyOf, type PacedDevice } from './paced-device.ts';
import type { PaceDecision } from './pacer.ts';
import { decide } from './pacing.ts';
import type { PacingHealth, PacingWarning } from './pacing-facts.ts';

export interface JudgementDeps {
  readonly health: DeviceHealthKeeper;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Circumstances {
  readonly device: PacedDevice;
  /** Its health as it is now. */
  readonly state: DeviceHealth;
  /** When the recipient last wrote to us. */
  readonly lastInboundAt: Date | null;
  readonly now: Date;
}

/** Messages that were let go and of which nobody said yet that they were sent: one, and a few that never were. */
const REMEMBERED_LANES = 8;

/** Whether a message may go, with everything that follows for the device. */
export function judge(
  message: QueuedMessage,
  { device, state, lastInboundAt, now }: Circumstances,
  deps: JudgementDeps,
): PaceDecision {
  const { deviceId, to, delayMs } = message;
  const { settings } = device;
  giveUpOnOverdue(deviceId, { device, now }, deps);
  const lane = laneOf(to, { lastInboundAt, now, replyWindowMs: settings.replyWindowHours * 3_600_000 });
  const outcome = decide({
    now,
    settings,
    item: { lane, delayMs, isJobItem: isJobItem(message), isUrgent: isUrgent(message) },
    history: historyOf(device, now),
    health: healthOf(deps.health.peek(deviceId) ?? state, { device, now }),
  });
  for (const warning of outcome.warnings) warn(deviceId, { warning, now }, deps);
  if (outcome.kind === 'wait') {
    const { until, code: reason, holds } = outcome;
    return { kind: 'wait', until, reason, holds };
  }
  letGo(message, { device, lane, now }, deps);
  return { kind: 'send', lane, warnings: outcome.warnings.map(({ code }) => code) };
}

/** Notes the end of a message to a stranger; what the breaker makes of a change is durable at once, the rest soon. */
export function settle(
  deviceId: DeviceId,
  { device, waMessageId, delivered }: { device: PacedDevice; waMessageId: WaMessageId; delivered: boolean },
  { health, clock, log }: JudgementDeps,
): void {
  const { settings } = device;
  const awaited = device.awaited.get(waMessageId);
  device.awaited.delete(waMessageId);
  const { breaker: rules } = settings;
  const before = health.peek(deviceId);
  if (!awaited || !rules || !before) return;
  const { sentAt } = awaited;
  const now = clock.now();
  const breaker = afterOutcome(before.breaker, { delivered, sentAt }, { settings: rules, now });
  if (breaker === before.breaker) return;
  const hasTurned = breaker.openUntil?.getTime() !== before.breaker.openUntil?.getTime();
  if (hasTurned) log.info({ deviceId, openUntil: breaker.openUntil }, 'breaker of the cold lane turned');
  const write = hasTurned ? health.change : health.note;
  write(deviceId, (current) => ({ ...current, breaker }));
}

export function isJobItem(message: QueuedMessage): boolean {
  return priorityOf(message) >= JOB_PRIORITY;
}

function healthOf(known: DeviceHealth, { device, now }: Pick<Circumstances, 'device' | 'now'>): PacingHealth {
  // There may be thousands of them, and only an open breaker looks at them.
  const awaited = known.breaker.openUntil ? awaitedTimes(device) : [];
  const lastAt = awaited.reduce((last, each) => Math.max(last, each.getTime()), 0);
  return toPacingHealth(known, { now, awaited, probeEndsAt: new Date(lastAt + patienceMs(device)) });
}

/** What is not delivered for so long counts as never delivered; what perhaps never left does not count. */
function giveUpOnOverdue(
  deviceId: DeviceId,
  { device, now }: Pick<Circumstances, 'device' | 'now'>,
  deps: JudgementDeps,
): void {
  const oldest = now.getTime() - patienceMs(device);
  for (const [waMessageId, { sentAt, isSent }] of device.awaited) {
    // The others went later.
    if (sentAt.getTime() > oldest) return;
    if (isSent) settle(deviceId, { device, waMessageId, delivered: false }, deps);
    else device.awaited.delete(waMessageId);
  }
}

function patienceMs({ settings }: PacedDevice): number {
  return (settings.breaker?.undeliveredAfterMinutes ?? 0) * 60_000;
}

function letGo(
  { deviceId, waMessageId }: QueuedMessage,
  { device, lane, now }: { device: PacedDevice; lane: Lane; now: Date },
  { health }: JudgementDeps,
): void {
  device.lanes.set(waMessageId, lane);
  for (const oldest of device.lanes.keys()) {
    if (device.lanes.size <= REMEMBERED_LANES) break;
    device.lanes.delete(oldest);
  }
  if (lane !== 'cold') return;
  // Again at the end: the order is that of the times.
  device.awaited.delete(waMessageId);
  if (device.settings.breaker) device.awaited.set(waMessageId, { sentAt: now, isSent: false });
  health.change(deviceId, (current) =>
    current.rampStartedAt ? current : { ...current, rampStartedAt: now },
  );
}

function warn(
  deviceId: DeviceId,
  { warning, now }: { warning: PacingWarning; now: Date },
  { health }: JudgementDeps,
): void {
  health.change(deviceId, (current) => withWarning(current, { ...warning, since: now }));
}
