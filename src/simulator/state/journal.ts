import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeOp, encodeOp, type StateOp } from './state-op.ts';

/** Operations on disk: one snapshot, and the journals written since. */
export interface Journal {
  /** Keeps an operation for the next `write`. */
  append(op: StateOp): void;
  /** Hands everything appended to the operating system. */
  write(): void;
  /** Finishes a compaction under way and closes the file. */
  close(): Promise<void>;
}

/** A journal is compacted when it is larger than this and than the snapshot. */
const COMPACT_BYTES = 32 * 1024 * 1024;
/** Each start begins a journal; more than this many are compacted while opening. */
const MANY_JOURNALS = 4;
const SNAPSHOT = 'snapshot.jsonl';

interface JournalOptions {
  readonly directory: string;
  /** Called for every stored operation while opening, in order. */
  readonly replay: (op: StateOp) => void;
  /** The operations of a full snapshot. */
  readonly everything: () => Iterable<StateOp>;
}

/**
 * Opens the journal of a directory and replays it. Files: `snapshot.jsonl` begins with the generation of the first
 * journal it does not contain; `journal-<generation>.jsonl` follow it. A compaction starts the next generation at
 * once and writes the snapshot beside it, so that nothing waits; a crash in between replays one journal more.
 */
export function createJournal({ directory, replay, everything }: JournalOptions): Journal {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const replayed = replayAll(directory, replay);
  let generation = replayed.newest + 1;
  let file = openSync(join(directory, journalName(generation)), 'ax', 0o600);
  let lines: string[] = [];
  let written = 0;
  let snapshotBytes = 0;
  let compaction: Promise<void> | null = null;
  let failure: unknown = null;

  const write = () => {
    if (lines.length === 0) return;
    if (failure !== null) throw failure;
    const block = Buffer.from(`${lines.join('\n')}\n`);
    lines = [];
    try {
      written += writeFully(file, block);
    } catch (error) {
      // A line may be torn: writing on behind it would make the file unreadable.
      failure = error;
      throw error;
    }
    if (written > Math.max(COMPACT_BYTES, snapshotBytes)) compact();
  };
  const compact = () => {
    if (compaction !== null) return;
    closeSync(file);
    generation += 1;
    written = 0;
    file = openSync(join(directory, journalName(generation)), 'ax', 0o600);
    const snapshot = Buffer.from(
      `${generation}\n${[...everything()].map((op) => `${encodeOp(op)}\n`).join('')}`,
    );
    snapshotBytes = snapshot.length;
    compaction = storeSnapshot(directory, { snapshot, generation }).finally(() => {
      compaction = null;
    });
  };

  if (replayed.journals > MANY_JOURNALS) compact();
  return {
    append: (op) => lines.push(encodeOp(op)),
    write,
    async close() {
      write();
      await compaction;
      closeSync(file);
    },
  };
}

/** Replays snapshot and journals. */
function replayAll(
  directory: string,
  replay: (op: StateOp) => void,
): { readonly newest: number; readonly journals: number } {
  const first = replaySnapshot(directory, replay);
  const generations = generationsIn(directory).filter((generation) => generation >= first);
  for (const generation of generations) {
    const text = readFileSync(join(directory, journalName(generation)), 'utf8');
    replayLines(text.slice(0, text.lastIndexOf('\n') + 1), replay);
  }
  return { newest: Math.max(first, ...generations), journals: generations.length };
}

function replaySnapshot(directory: string, replay: (op: StateOp) => void): number {
  const path = join(directory, SNAPSHOT);
  if (!existsSync(path)) return 0;
  const text = readFileSync(path, 'utf8');
  const firstLineEnd = text.indexOf('\n');
  replayLines(text.slice(firstLineEnd + 1), replay);
  return Number(text.slice(0, firstLineEnd));
}

function replayLines(text: string, replay: (op: StateOp) => void): void {
  for (const line of text.split('\n')) {
    if (line !== '') replay(decodeOp(line));
  }
}

function generationsIn(directory: string): number[] {
  const numbers = readdirSync(directory).map((name) => /^journal-(\d+)\.jsonl$/.exec(name)?.[1]);
  return numbers
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((left, right) => left - right);
}

/** A write to a file may be partial when the disk is nearly full: the rest is tried again, and then throws. */
function writeFully(file: number, block: Buffer): number {
  let offset = 0;
  while (offset < block.length) offset += writeSync(file, block, offset);
  return block.length;
}

async function storeSnapshot(
  directory: string,
  { snapshot, generation }: { snapshot: Buffer; generation: number },
): Promise<void> {
  const temporary = join(directory, `${SNAPSHOT}.new`);
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(snapshot);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(directory, SNAPSHOT));
  for (const old of generationsIn(directory).filter((number) => number < generation)) {
    await rm(join(directory, journalName(old)));
  }
}

function journalName(generation: number): string {
  return `journal-${generation}.jsonl`;
}
