import type { Clock, Timer } from '../shared/clock.ts';

/** A ring that waits for its time or for a free place. */
export interface PendingRing {
  readonly id: string;
  /** Wall time in milliseconds; in the past when due at once. */
  readonly dueMs: number;
  /** Runs for this ring that failed already. */
  readonly failures: number;
}

/** The rings of one topic in this process: one for each id. */
export interface PendingRings {
  /** Keeps the earlier of the ring known for this id and this one. False when there is no more room. */
  add(ring: PendingRing): boolean;
  /** Replaces the ring known for this id, whatever its time. */
  replace(ring: PendingRing): void;
  /** Takes out the due ring that waits longest, leaving out ids for which `busy` says true. */
  takeDue(busy: (id: string) => boolean): PendingRing | null;
  takeAll(): PendingRing[];
  dueCount(): number;
}

interface Entry extends PendingRing {
  readonly timer: Timer | null;
}

/** `limit`: most rings kept; `onDue` is called when a ring's time has come, never from within `add`. */
export function createPendingRings(deps: { clock: Clock; limit: number; onDue(): void }): PendingRings {
  const { clock, limit, onDue } = deps;
  const entries = new Map<string, Entry>();
  /** In the order in which they came due. */
  const due = new Set<string>();

  const remove = (id: string): Entry | null => {
    const entry = entries.get(id);
    entry?.timer?.cancel();
    entries.delete(id);
    due.delete(id);
    return entry ?? null;
  };
  const comeDue = (id: string) => {
    due.add(id);
    onDue();
  };
  const put = ({ id, dueMs, failures }: PendingRing) => {
    remove(id);
    const leftMs = dueMs - clock.now().getTime();
    const timer = leftMs > 0 ? clock.after(leftMs, () => comeDue(id)) : null;
    entries.set(id, { id, dueMs, failures, timer });
    if (timer === null) due.add(id);
  };

  return {
    add(ring) {
      const known = entries.get(ring.id);
      if (known !== undefined && known.dueMs <= ring.dueMs) return true;
      if (known === undefined && entries.size >= limit) return false;
      put({ ...ring, failures: Math.max(ring.failures, known?.failures ?? 0) });
      return true;
    },
    replace: put,
    takeDue(busy) {
      for (const id of due) if (!busy(id)) return remove(id);
      return null;
    },
    takeAll() {
      const all = [...entries.values()];
      for (const { id } of all) remove(id);
      return all.map(({ id, dueMs, failures }) => ({ id, dueMs, failures }));
    },
    dueCount: () => due.size,
  };
}
