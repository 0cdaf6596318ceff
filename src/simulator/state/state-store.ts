import { createJournal, type Journal } from './journal.ts';
import { opsOf } from './snapshot.ts';
import type { StateOp } from './state-op.ts';
import { applyOp, createWorld, type World } from './world.ts';

/** The server's memory, kept on disk when a directory is given. */
export interface StateStore {
  readonly world: World;
  /** Applies a change now and writes it with the next `flush`, at the latest at the end of this event-loop turn. */
  commit(op: StateOp): void;
  /**
   * Writes what was committed, so that a killed process has it: called before anything is said on a socket.
   * Throws what the file system throws.
   */
  flush(): void;
  /** Writes everything and lets go of the files. */
  close(): Promise<void>;
}

/**
 * Opens the state in `directory` (created when missing), or a state that lives in memory when it is null.
 * One process at a time may hold a directory. Throws when a file is damaged in its middle.
 */
export function openState(directory: string | null): StateStore {
  const world = createWorld();
  if (directory === null) return memoryStore(world);
  const journal = createJournal({
    directory,
    replay: (op) => applyOp(world, op),
    everything: () => opsOf(world),
  });
  return durableStore(world, journal);
}

function memoryStore(world: World): StateStore {
  return { world, commit: (op) => applyOp(world, op), flush() {}, close: () => Promise.resolve() };
}

function durableStore(world: World, journal: Journal): StateStore {
  let turn: NodeJS.Immediate | null = null;
  let closed = false;
  const flush = () => {
    if (turn === null) return;
    clearImmediate(turn);
    turn = null;
    journal.write();
  };
  return {
    world,
    commit(op) {
      applyOp(world, op);
      // What happens while everything is being torn down was promised to nobody.
      if (closed) return;
      journal.append(op);
      turn ??= setImmediate(flush);
    },
    flush,
    close() {
      if (closed) return Promise.resolve();
      flush();
      closed = true;
      return journal.close();
    },
  };
}
