import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { isMissingFile } from '../shared/missing-file.ts';
import { CONFIG_KEYS } from './config-keys.ts';

/** What the process was given, before anything is decided from it. */
export interface Environment {
  /** Only set, non-empty keys. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys of the `.env` file that mean nothing to us: perhaps misspelt, so they are reported. */
  readonly unknown: readonly string[];
  /** The folder relative paths start from. */
  readonly directory: string;
}

/** Reads `.env` of the folder, if there is one; the real environment wins over it. */
export function readEnvironment({
  directory = process.cwd(),
  real = process.env,
}: {
  directory?: string;
  real?: Readonly<Record<string, string | undefined>>;
} = {}): Environment {
  const file = readEnvFile(path.join(directory, '.env'));
  const known = new Set<string>(CONFIG_KEYS.map(({ name }) => name));
  const values: Record<string, string> = {};
  for (const name of known) {
    // `KEY=` in a file or a compose variable that is not set means: not given.
    const value = (real[name] ?? file[name] ?? '').trim();
    if (value !== '') values[name] = value;
  }
  return { values, unknown: Object.keys(file).filter((name) => !known.has(name)), directory };
}

function readEnvFile(file: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if (isMissingFile(error)) return {};
    throw error;
  }
}
