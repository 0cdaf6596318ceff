import { hkdfSync } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createFileDurably } from '../shared/durable-file.ts';
import { isMissingFile } from '../shared/missing-file.ts';
import type { Random } from '../shared/random.ts';
import { CONFIG_KEYS } from './config-keys.ts';
import type { Environment } from './env.ts';
import type { KeyRing } from './key-encryption-key.ts';

const SESSION_SECRET_FILE = 'session.secret';
const SECRET_BYTES = 32;

/** What signs dashboard sessions: the operator's secret, else one of our own in the data folder. */
export function sessionSecret(source: { given: string | null; dataDir: string; random: Random }): string {
  return source.given ?? keptSecret({ ...source, file: SESSION_SECRET_FILE });
}

/** A secret in a file of the data folder, made there (mode 0600) the first time. */
export function keptSecret({
  dataDir,
  file,
  random,
}: {
  dataDir: string;
  file: string;
  random: Random;
}): string {
  const place = path.join(dataDir, file);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const stored = readIfThere(place);
  if (stored !== null) return stored;
  createFileDurably(place, Buffer.from(random.bytes(SECRET_BYTES).toString('base64url')));
  // Read back: when two processes started at once, the one that came first decides.
  return readFileSync(place, 'utf8').trim();
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw error;
  }
}

/** What API keys are hashed with, the current pepper first: one for each master key, so that a rotation locks nobody out. */
export function apiKeyPeppers(ring: KeyRing): [Buffer, ...Buffer[]] {
  const pepper = ({ key }: { key: Buffer }) =>
    Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'wafleet api key pepper', SECRET_BYTES));
  return [pepper(ring), ...ring.previous.map(pepper)];
}

/** What the cursors of long lists are signed with, the current one first. */
export function cursorSecrets(ring: KeyRing): [Buffer, ...Buffer[]] {
  const secret = ({ key }: { key: Buffer }) =>
    Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'wafleet page cursor', SECRET_BYTES));
  return [secret(ring), ...ring.previous.map(secret)];
}

/** What one-time codes are signed with, the current one first. */
export function otpSecrets(ring: KeyRing): [Buffer, ...Buffer[]] {
  const secret = ({ key }: { key: Buffer }) =>
    Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'wafleet one-time code', SECRET_BYTES));
  return [secret(ring), ...ring.previous.map(secret)];
}

/** For the log at start: which secrets are configured, never what they are. */
export function configuredSecrets({ values }: Environment): Record<string, 'yes' | 'no'> {
  const secrets = CONFIG_KEYS.filter((key) => 'secret' in key);
  return Object.fromEntries(secrets.map(({ name }) => [name, values[name] === undefined ? 'no' : 'yes']));
}
