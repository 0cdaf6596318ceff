import './node-version-guard.ts';
import { createInterface } from 'node:readline';
import { KEY_USAGE, runKeyCommand, UsageError } from './access/key-command.ts';
import { runUserCommand, USER_USAGE } from './access/user-command.ts';
import { createConfig } from './config/config.ts';
import { ConfigError } from './config/config-parse.ts';
import { readEnvironment } from './config/env.ts';
import { KeyEncryptionKeyError } from './config/key-encryption-key.ts';
import { systemClock } from './shared/clock.ts';
import { AppError } from './shared/errors.ts';
import { createIds } from './shared/ids.ts';
import { silentLogger } from './shared/logger.ts';
import { systemRandom } from './shared/random.ts';
import { startFailure } from './start-failure.ts';

const USAGE = `${KEY_USAGE}\n${USER_USAGE}`;
const EX_USAGE = 64;
const EX_CONFIG = 78;

process.exitCode = await main(process.argv.slice(2));

/** The command line beside the server, on the same configuration and database. Resolves to the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const [topic, ...rest] = args;
  if (topic === undefined || args.includes('--help') || args.includes('-h') || topic === 'help') {
    print(USAGE);
    return topic === undefined ? EX_USAGE : 0;
  }
  try {
    if (topic !== 'key' && topic !== 'user') throw new UsageError(`There is no command "${topic}"`);
    await runWithFoundation(topic, rest);
    return 0;
  } catch (error) {
    const failure = startFailure(error);
    const code = failure ? 1 : exitCodeOf(error);
    if (code === null || !(error instanceof Error)) throw error;
    process.stderr.write(`${failure?.message ?? error.message}\n`);
    if (error instanceof UsageError) process.stderr.write(`\n${topic === 'user' ? USER_USAGE : KEY_USAGE}`);
    return code;
  }
}

async function runWithFoundation(topic: 'key' | 'user', args: readonly string[]) {
  const config = createConfig(readEnvironment());
  const ids = createIds({ clock: systemClock, random: systemRandom });
  // Loaded late, so that --help and a wrong configuration answer at once.
  const { openFoundation } = await import('./foundation.ts');
  const foundation = await openFoundation({
    config,
    clock: systemClock,
    ids,
    random: systemRandom,
    log: silentLogger,
  });
  try {
    const common = { clock: systemClock, random: systemRandom, print, remark };
    if (topic === 'key') await runKeyCommand(args, { apiKeys: foundation.apiKeys, ...common });
    else await runUserCommand(args, { users: foundation.people.users, readLine, ...common });
  } finally {
    await foundation.close();
  }
}

/** Null for what nobody expected: that is a bug, and shows its stack. */
function exitCodeOf(error: unknown): number | null {
  if (error instanceof UsageError) return EX_USAGE;
  if (error instanceof ConfigError || error instanceof KeyEncryptionKeyError) return EX_CONFIG;
  return error instanceof AppError ? 1 : null;
}

function print(line: string) {
  process.stdout.write(`${line}\n`);
}

/** A password on the command line would be seen by everybody on the machine. */
async function readLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

/** On standard error, so that `key create` can be captured by a script. */
function remark(line: string) {
  process.stderr.write(`${line}\n`);
}
