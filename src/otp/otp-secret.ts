import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../shared/random.ts';

/** What a code is good for; part of what is signed, so that a stored HMAC proves nothing elsewhere. */
interface CodeContext {
  readonly id: string;
  readonly to: string;
  readonly purpose: string;
}

/** Codes as they are stored: by themselves nobody learns a code from them, also not by trying all there are. */
export interface OtpSecret {
  /** Hex, under the current key. */
  sign(code: string, context: CodeContext): string;
  /** Takes as long for a wrong code as for a right one; keys of before a rotation still count. */
  matches(code: string, context: CodeContext & { readonly hmac: string }): boolean;
}

/** The keys, the current one first. */
export function createOtpSecret(keys: readonly [Buffer, ...Buffer[]]): OtpSecret {
  const digest = (key: Buffer, code: string, { id, to, purpose }: CodeContext): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([id, to, purpose, code]))
      .digest();
  return {
    sign: (code, context) => digest(keys[0], code, context).toString('hex'),
    matches(code, context) {
      const stored = Buffer.from(context.hmac, 'hex');
      return keys
        .map((key) => digest(key, code, context))
        .map((each) => each.length === stored.length && timingSafeEqual(each, stored))
        .includes(true);
    },
  };
}

/** The first so many values of a byte are spread evenly over the digits. */
const EVEN = 250;

/** So many digits, each as likely as every other. */
export function newCode(random: Random, length: number): string {
  let code = '';
  while (code.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < EVEN && code.length < length) code += String(byte % 10);
    }
  }
  return code;
}
