import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Random } from '../shared/random.ts';

/**
 * A key looks like `wfl_<id>_<secret>_<check>`: a prefix that secret scanners can search for, the id of its row (ULID),
 * 32 random bytes in base 62 and a CRC-32 that lets a mistyped key be refused without asking the database.
 */
const KEY = /^wfl_([0-9A-HJKMNP-TV-Z]{26})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;

/** The row of the key that came from the environment, which has a form of its own. Sorts before every ULID of a clock. */
export const ENVIRONMENT_KEY_ID = '0'.repeat(26);

export function makeKey(id: string, random: Random): string {
  const secret = base62(BigInt(`0x${random.bytes(SECRET_BYTES).toString('hex')}`), 43);
  const body = `wfl_${id}_${secret}`;
  return `${body}_${check(body)}`;
}

/** The id of the row a presented key belongs to; null when the key cannot be one of ours. */
export function rowOf(presented: string): string | null {
  const [, id, , sum] = KEY.exec(presented) ?? [];
  if (id === undefined) return presented.startsWith('wfl_') ? null : ENVIRONMENT_KEY_ID;
  return check(presented.slice(0, -7)) === sum ? id : null;
}

/** What is stored of a key. A fast hash is right: 32 random bytes cannot be guessed, and every request pays for it. */
export function hashKey(key: string, pepper: Buffer): string {
  return createHmac('sha256', pepper).update(key).digest('hex');
}

/** Compares in constant time. */
export function hashesEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function check(body: string): string {
  return base62(BigInt(crc32(body)), 6);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = BASE62[Number(rest % 62n)] + text;
  return text;
}
