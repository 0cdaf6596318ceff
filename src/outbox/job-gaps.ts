import type { DeviceId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { PaceDecision, Pacer } from './pacer.ts';

/** The gap before an item of a job that names none: 2 to 5 s at random. */
const SHORTEST_GAP_MS = 2_000;
const LONGEST_GAP_MS = 5_000;

const GO: PaceDecision = { kind: 'send', lane: null, warnings: [] };

/** Pacing that knows gaps only: items of jobs keep their distance from the send before, everything else goes at once. */
export function createJobGaps({ random }: { random: Random }): Pacer {
  const lastSentAt = new Map<DeviceId, number>();
  /** The gap drawn for the message that waits, so that asking twice does not draw twice. */
  const drawn = new Map<DeviceId, { id: string; gapMs: number }>();

  const gapBefore = (deviceId: DeviceId, id: string): number => {
    const known = drawn.get(deviceId);
    if (known?.id === id) return known.gapMs;
    const gapMs = SHORTEST_GAP_MS + random.next() * (LONGEST_GAP_MS - SHORTEST_GAP_MS);
    drawn.set(deviceId, { id, gapMs });
    return gapMs;
  };

  return {
    pace({ deviceId, id, jobId, delayMs }, now) {
      const last = lastSentAt.get(deviceId);
      if (jobId === undefined || last === undefined) return GO;
      const until = new Date(last + (delayMs ?? gapBefore(deviceId, id)));
      return until <= now ? GO : { kind: 'wait', until, reason: 'gap', holds: 'jobs' };
    },
    sent({ deviceId }, at) {
      lastSentAt.set(deviceId, at.getTime());
    },
    forget(deviceId) {
      lastSentAt.delete(deviceId);
      drawn.delete(deviceId);
    },
  };
}
