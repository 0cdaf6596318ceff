import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Where phones keep their keys, Signal sessions and messages. Values are JSON data, never null. */
export interface PhoneStore {
  /** Undefined when nothing is stored under the key. */
  get(key: string): unknown;
  /** Written when this returns: a killed process loses nothing, only a crash of the machine may. */
  set(key: string, value: unknown): void;
  delete(key: string): void;
  /** The keys that start with `prefix`, in the order they were first stored. */
  keys(prefix: string): string[];
  close(): void;
}

const FILE = 'phones.journal';

/** A journal is rewritten when it holds this many lines, and four times as many as there are live keys. */
const COMPACT_AT_LINES = 20_000;

/**
 * Everything in memory; with a directory, each change is also a line of `phones.journal` in it.
 * The file holds private keys and is readable by its owner only.
 */
export function openPhoneStore(stateDir: string | null): PhoneStore {
  const values = new Map<string, string>();
  const journal = stateDir === null ? null : openJournal(stateDir, values);
  return {
    get(key) {
      const text = values.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    set(key, value) {
      const text = JSON.stringify(value);
      values.set(key, text);
      journal?.append(key, text);
    },
    delete(key) {
      if (values.delete(key)) journal?.append(key, null);
    },
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    close: () => journal?.close(),
  };
}

interface Journal {
  append(key: string, text: string | null): void;
  close(): void;
}

function openJournal(stateDir: string, values: Map<string, string>): Journal {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, FILE);
  if (existsSync(path)) replay(readFileSync(path, 'utf8'), values);
  let fd = rewrite(path, values);
  let lines = values.size;
  let closed = false;
  return {
    append(key, text) {
      if (closed) throw new Error('the phone store is closed');
      writeSync(fd, line(key, text));
      lines += 1;
      if (lines < COMPACT_AT_LINES || lines < values.size * 4) return;
      closeSync(fd);
      fd = rewrite(path, values);
      lines = values.size;
    },
    close() {
      if (closed) return;
      closed = true;
      fsyncSync(fd);
      closeSync(fd);
    },
  };
}

/** `["key",value]`; null stands for "deleted". */
function line(key: string, text: string | null): string {
  return `[${JSON.stringify(key)},${text}]\n`;
}

/** Writes the live values to a new file that takes the old one's place; returns it open for appending. */
function rewrite(path: string, values: ReadonlyMap<string, string>): number {
  const next = `${path}.next`;
  const fd = openSync(next, 'w', 0o600);
  for (const [key, text] of values) writeSync(fd, line(key, text));
  fsyncSync(fd);
  renameSync(next, path);
  return fd;
}

/** The process may have been killed while writing the last line; any other broken line is an error. */
function replay(journal: string, values: Map<string, string>): void {
  const complete = journal.slice(0, journal.lastIndexOf('\n') + 1);
  for (const entry of complete.split('\n').filter((text) => text !== '')) {
    const [key, value]: unknown[] = JSON.parse(entry);
    if (typeof key !== 'string') throw new Error('the journal of the phones is damaged');
    if (value === null) values.delete(key);
    else values.set(key, JSON.stringify(value));
  }
}
