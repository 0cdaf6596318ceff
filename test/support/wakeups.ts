import type { Logger } from '../../src/shared/logger.ts';
import type { WakeupHandler } from '../../src/wakeups/wakeups.ts';
import { createRecorder, type Recorder } from './recorder.ts';

/** A handler that notes its runs and can be held up. */
export interface Visits {
  readonly handler: WakeupHandler;
  /** Ids in the order in which their runs began. */
  readonly begun: Recorder<string>;
  readonly ended: Recorder<string>;
  /** Most runs under way at once so far: of all ids, and of any single one. */
  most(): { readonly ofAll: number; readonly ofOne: number };
  /** Runs of `id` stay under way until the function given back is called. */
  hold(id: string): () => void;
  /** The next runs of `id` fail, as often as said. */
  fail(id: string, times: number): void;
  /** How often `id` has begun to run. */
  count(id: string): number;
  /** Resolves when `id` has begun to run for the `times`-th time. */
  times(id: string, times: number): Promise<void>;
}

export function createVisits(): Visits {
  const begun = createRecorder<string>();
  const ended = createRecorder<string>();
  const held = new Map<string, Promise<void>>();
  const failing = new Map<string, number>();
  const active = new Map<string, number>();
  let ofAll = 0;
  let ofOne = 0;
  const count = (id: string) => begun.all.filter((known) => known === id).length;

  const note = (id: string, change: number) => {
    active.set(id, (active.get(id) ?? 0) + change);
    ofOne = Math.max(ofOne, active.get(id) ?? 0);
    ofAll = Math.max(
      ofAll,
      [...active.values()].reduce((sum, some) => sum + some, 0),
    );
  };

  return {
    async handler(id) {
      note(id, 1);
      begun.add(id);
      await held.get(id);
      note(id, -1);
      ended.add(id);
      const failures = failing.get(id) ?? 0;
      failing.set(id, failures - 1);
      if (failures > 0) throw new Error(`the run of ${id} failed as asked`);
    },
    begun,
    ended,
    most: () => ({ ofAll, ofOne }),
    hold(id) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(id, promise);
      return () => {
        held.delete(id);
        resolve();
      };
    },
    fail: (id, times) => void failing.set(id, times),
    count,
    async times(id, times) {
      await begun.waitFor(() => count(id) >= times);
    },
  };
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/** Remembers what was logged; a test can wait for a line. */
export function createLogRecorder(): { log: Logger; lines: Recorder<LogLine> } {
  const lines = createRecorder<LogLine>();
  const write = (level: LogLine['level']) => (_data: object, message: string) =>
    lines.add({ level, message });
  return {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    lines,
  };
}
