import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Where phones keep their keys, Signal sessions and messages. Values are JSON data, never null. */
export interface PhoneStore {
  /** Undefined when nothing is stored under the key. */
  get(key: string): unknown;
  /**
   * Keys are `kind/name` or `kind/owner/name`. Written when this returns: a killed process loses nothing, only a
   * crash of the machine may. Throws what the file system throws, and then has changed nothing.
   */
  set(key: string, value: unknown): void;
  delete(key: string): void;
  /** The keys of a section, `kind/` or `kind/owner/`, in the order they were first stored. */
  keys(section: string): string[];
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
  const sections = new Map<string, Set<string>>();
  const enlist = (key: string) => {
    const section = sectionOf(key);
    const keys = sections.get(section);
    if (keys) keys.add(key);
    else sections.set(section, new Set([key]));
  };
  for (const key of values.keys()) enlist(key);
  return {
    get(key) {
      const text = values.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    set(key, value) {
      const text = JSON.stringify(value);
      journal?.append(key, text);
      values.set(key, text);
      enlist(key);
      journal?.compactWhenDue();
    },
    delete(key) {
      if (!values.has(key)) return;
      journal?.append(key, null);
      values.delete(key);
      sections.get(sectionOf(key))?.delete(key);
    },
    keys: (section) => [...(sections.get(section) ?? [])],
    close: () => journal?.close(),
  };
}

/** A name may hold slashes of its own. */
function sectionOf(key: string): string {
  const [kind, owner, ...name] = key.split('/');
  return name.length > 0 ? `${kind}/${owner}/` : `${kind}/`;
}

interface Journal {
  append(key: string, text: string | null): void;
  compactWhenDue(): void;
  close(): void;
}

function openJournal(stateDir: string, values: Map<string, string>): Journal {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, FILE);
  if (existsSync(path)) replay(readFileSync(path, 'utf8'), values);
  let { fd, length } = rewrite(path, values);
  let lines = values.size;
  let closed = false;
  return {
    append(key, text) {
      if (closed) throw new Error('the phone store is closed');
      length += writeWhole(fd, { bytes: Buffer.from(line(key, text)), at: length });
      lines += 1;
    },
    compactWhenDue() {
      if (lines < COMPACT_AT_LINES || lines < values.size * 4) return;
      const old = fd;
      ({ fd, length } = rewrite(path, values));
      closeSync(old);
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

/** On a full disk half a line may get out: it is taken back, or the next one would be glued to it. */
function writeWhole(fd: number, { bytes, at }: { bytes: Buffer; at: number }): number {
  try {
    let written = 0;
    while (written < bytes.length)
      written += writeSync(fd, bytes, written, bytes.length - written, at + written);
  } catch (error) {
    ftruncateSync(fd, at);
    throw error;
  }
  return bytes.length;
}

/** Writes the live values to a new file that takes the old one's place, open for what follows. */
function rewrite(path: string, values: ReadonlyMap<string, string>): { fd: number; length: number } {
  const next = `${path}.next`;
  const bytes = Buffer.from([...values].map(([key, text]) => line(key, text)).join(''));
  const fd = openSync(next, 'w', 0o600);
  writeFileSync(fd, bytes);
  fsyncSync(fd);
  renameSync(next, path);
  return { fd, length: bytes.length };
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
