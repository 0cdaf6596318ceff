import { parseArgs } from 'node:util';
import { SCOPES, type Scope } from '../http/scopes.ts';
import type { Clock } from '../shared/clock.ts';
import { type ApiKey, isUsable } from './api-key.ts';
import type { ApiKeyService } from './api-key-service.ts';

export const KEY_USAGE = `Usage: npm run cli -- key <command>

  key create --name <name> --scopes <scope,scope> [--devices <id,id>] [--expires <30d | 12h | 2027-01-31>]
             makes an API key and prints it, this once
  key list   lists keys: id, status, scopes, devices, last use, name
  key revoke <id>
             ends a key for good

Scopes: ${SCOPES.join(', ')} (admin allows everything)
`;

/** A command that cannot be carried out as typed; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface KeyCommandDeps {
  apiKeys: Pick<ApiKeyService, 'issue' | 'list' | 'revoke'>;
  clock: Clock;
  /** What the command answers, for a person or a script. */
  print(line: string): void;
  /** What only a person wants to read. */
  remark(line: string): void;
}

/** Carries out what follows `key` on the command line. Throws UsageError, having changed nothing. */
export async function runKeyCommand(args: readonly string[], deps: KeyCommandDeps): Promise<void> {
  const [command, ...rest] = args;
  if (command === 'create') return createKey(rest, deps);
  if (command === 'list') return listKeys(deps);
  if (command === 'revoke') return revokeKey(rest, deps);
  throw new UsageError(`There is no command "key ${command ?? ''}"`);
}

async function createKey(args: readonly string[], { apiKeys, clock, print, remark }: KeyCommandDeps) {
  const { name, scopes, devices, expires } = createOptions(args);
  if (!name) throw new UsageError('--name is missing');
  if (!scopes) throw new UsageError('--scopes is missing');
  const deviceIds = devices === undefined ? null : listOf(devices);
  for (const deviceId of deviceIds ?? []) {
    if (!/^[a-zA-Z0-9_-]{3,50}$/.test(deviceId)) throw new UsageError(`"${deviceId}" is not a deviceId`);
  }
  const order = { name, scopes: listOf(scopes).map(scopeOf), deviceIds, expiresAt: expiryOf(expires, clock) };
  if (order.scopes.includes('admin') && deviceIds) {
    throw new UsageError('An administrator key cannot be limited to devices');
  }
  const { key, secret } = await apiKeys.issue(order);
  print(secret);
  remark(`This is the only time the key is shown. Its id is ${key.id}.`);
}

async function listKeys({ apiKeys, clock, print, remark }: KeyCommandDeps) {
  const keys = await apiKeys.list();
  for (const key of keys) print(lineOf(key, clock.now()));
  if (keys.length === 0) remark('There is no key yet. Make one with: npm run cli -- key create');
}

async function revokeKey([id]: readonly string[], { apiKeys, remark }: KeyCommandDeps) {
  if (!id) throw new UsageError('Which key? Give its id, as "key list" shows it');
  const key = await apiKeys.revoke(id);
  remark(`Revoked: ${key.name} (${key.id}). A running server notices within seconds.`);
}

function createOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = { name: text, scopes: text, devices: text, expires: text };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read', {
      cause: error,
    });
  }
}

function listOf(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function scopeOf(text: string): Scope {
  const scope = SCOPES.find((each) => each === text);
  if (!scope) throw new UsageError(`"${text}" is no scope. Scopes: ${SCOPES.join(', ')}`);
  return scope;
}

const UNIT_MS: Record<string, number> = { h: 3_600_000, d: 86_400_000 };

function expiryOf(text: string | undefined, clock: Clock): Date | null {
  if (text === undefined) return null;
  const [, amount, unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const at =
    amount === undefined ? Date.parse(text) : clock.now().getTime() + Number(amount) * (UNIT_MS[unit] ?? 0);
  if (Number.isNaN(at) || at <= clock.now().getTime()) {
    throw new UsageError('--expires takes a time to come: 30d, 12h or a date such as 2027-01-31');
  }
  return new Date(at);
}

function lineOf(key: ApiKey, now: Date): string {
  const ended = key.revokedAt ? 'revoked' : 'expired';
  return [
    key.id,
    isUsable(key, now) ? 'active ' : ended,
    key.scopes.join(','),
    key.deviceIds?.join(',') ?? 'every device',
    key.lastUsedAt ? `used ${key.lastUsedAt.toISOString()}` : 'never used',
    key.name,
  ].join('  ');
}
