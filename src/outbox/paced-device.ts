import type { PacingSettings } from '../devices/pacing-settings.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { Lane } from './outbox-message.ts';
import type { PacingHistory } from './pacing-facts.ts';
import type { PacingRepository } from './pacing-repository.ts';
import { createSendWindow, REMEMBERED_MS, type SendWindow } from './pacing-window.ts';

/** What pacing remembers of a device; all but the draw comes back from the database after a restart. */
export interface PacedDevice {
  settings: PacingSettings;
  readonly window: SendWindow;
  lastJobItemAt: Date | null;
  /** Where in its range the next gap is, in [0, 1). */
  gapDraw: number;
  /** Messages to strangers whose outcome is open. */
  readonly awaited: Map<WaMessageId, Awaited>;
  /** The lanes of the messages that were let go last. */
  readonly lanes: Map<WaMessageId, Lane>;
}

interface Awaited {
  readonly sentAt: Date;
  /** False while it was only let go: perhaps it never leaves. */
  readonly isSent: boolean;
}

export interface PacedDeviceDeps {
  readonly history: PacingRepository;
  /** Throws what the database throws; the defaults for a device that is gone. */
  settingsOf(deviceId: DeviceId): Promise<PacingSettings>;
  readonly random: Random;
}

/** No gap is longer. */
const LONGEST_GAP_MS = 60 * 60_000;

/** Reads what a device sent lately. Throws what the database throws. */
export async function readPacedDevice(
  deviceId: DeviceId,
  { history, settingsOf, random, now }: PacedDeviceDeps & { now: Date },
): Promise<PacedDevice> {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const settings = await settingsOf(deviceId);
  const patienceMs = (settings.breaker?.undeliveredAfterMinutes ?? 0) * 60_000;
  const [minutes, lastJobItemAt, awaited] = await Promise.all([
    history.minuteCounts(deviceId, ago(REMEMBERED_MS)),
    history.lastJobItemAt(deviceId, ago(LONGEST_GAP_MS)),
    history.awaited(deviceId, ago(patienceMs)),
  ]);
  return {
    settings,
    window: createSendWindow(minutes),
    lastJobItemAt,
    gapDraw: random.next(),
    awaited: new Map(awaited.map(({ waMessageId, sentAt }) => [waMessageId, { sentAt, isSent: true }])),
    lanes: new Map(),
  };
}

export function historyOf({ window, lastJobItemAt, gapDraw }: PacedDevice, now: Date): PacingHistory {
  return { lastJobItemAt, gapDraw, ...window.at(now) };
}

/** When the messages to strangers left whose outcome is open. */
export function awaitedTimes({ awaited }: PacedDevice): Date[] {
  return [...awaited.values()].flatMap(({ sentAt, isSent }) => (isSent ? [sentAt] : []));
}
