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

/** Half of the random part of an id: eight digits. */
const HALF = 2 ** 40;

/** Ids from an injected clock and randomness; within one millisecond the random part counts up. */
export function createIds({ clock, random }: { clock: Clock; random: Random }): Ids {
  let lastMs = 0;
  let time = encode(0, 10);
  let [high, low] = [0, 0];
  return {
    next() {
      const now = Math.max(clock.now().getTime(), lastMs);
      if (now === lastMs) {
        low += 1;
        if (low === HALF) [high, low] = [high + 1, 0];
      } else {
        [high, low] = freshTail(random);
        time = encode(now, 10);
        lastMs = now;
      }
      return time + encode(high, 8) + encode(low, 8);
    },
    nextWaMessageId() {
      return `3EB0${random.bytes(9).toString('hex').toUpperCase()}` as WaMessageId;
    },
  };
}

/** 79 random bits: the top bit stays free so that counting up cannot overflow the 80. */
function freshTail(random: Random): [high: number, low: number] {
  const bytes = random.bytes(10);
  return [Math.floor(bytes.readUIntBE(0, 5) / 2), bytes.readUIntBE(5, 5)];
}

function encode(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) {
    text = CROCKFORD.charAt(rest % 32) + text;
  }
  return text;
}

/** When an id of `Ids.next` was made. */
export function timeOfId(id: string): Date {
  let ms = 0;
  for (const digit of id.slice(0, 10)) ms = ms * 32 + CROCKFORD.indexOf(digit);
  return new Date(ms);
}

/** Sorts before every id of `Ids.next` that was made at that time or later, and after all earlier ones. */
export function firstIdAt(at: Date): string {
  return encode(at.getTime(), 10) + encode(0, 16);
}
