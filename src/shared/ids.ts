import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** The name a caller gave a device: 3 to 50 characters of a-zA-Z0-9_-. */
export type DeviceId = string & { readonly __brand: 'DeviceId' };

/** The WhatsApp id of a message; together with the chat it names the message to WhatsApp. */
export type WaMessageId = string & { readonly __brand: 'WaMessageId' };

/** Makes ids; one per process. */
export interface Ids {
  /** A time-sortable id (ULID, 26 characters of Crockford base 32): later ids sort after earlier ones. */
  next(): string;
  /** A WhatsApp message id of the form official clients use: 3EB0 and 18 hex digits. */
  nextWaMessageId(): WaMessageId;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ids from an injected clock and randomness; within one millisecond the random part counts up. */
export function createIds({ clock, random }: { clock: Clock; random: Random }): Ids {
  let lastMs = 0;
  let tail = 0n;
  return {
    next() {
      const now = Math.max(clock.now().getTime(), lastMs);
      tail = now === lastMs ? tail + 1n : freshTail(random);
      lastMs = now;
      return encode(BigInt(now), 10) + encode(tail, 16);
    },
    nextWaMessageId() {
      return `3EB0${random.bytes(9).toString('hex').toUpperCase()}` as WaMessageId;
    },
  };
}

/** 79 random bits: the top bit stays free so that counting up cannot overflow the 80. */
function freshTail(random: Random): bigint {
  return BigInt(`0x${random.bytes(10).toString('hex')}`) >> 1n;
}

function encode(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = CROCKFORD[Number(rest & 31n)] + text;
  return text;
}

/** When an id of `Ids.next` was made. */
export function timeOfId(id: string): Date {
  let ms = 0;
  for (const digit of id.slice(0, 10)) ms = ms * 32 + CROCKFORD.indexOf(digit);
  return new Date(ms);
}
