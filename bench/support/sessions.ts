import { readFileSync, writeFileSync } from 'node:fs';
import {
  type AuthenticationCreds,
  BufferJSON,
  Curve,
  initAuthCreds,
  type KeyPair,
} from '@whiskeysockets/baileys';

/** The stored session of a linked device, as if it had been paired long ago. */
export interface StoredSession {
  readonly phoneNumber: string;
  readonly lid: string;
  readonly device: number;
  readonly creds: AuthenticationCreds;
  readonly preKeys: readonly { readonly id: number; readonly pair: KeyPair }[];
}

const DEVICE = 1;

/** Makes `count` sessions whose numbers begin with `phonePrefix` (digits). */
export function makeSessions(options: {
  phonePrefix: string;
  count: number;
  preKeys: number;
}): StoredSession[] {
  return Array.from({ length: options.count }, (_, index) => {
    const phoneNumber = `${options.phonePrefix}${String(index).padStart(5, '0')}`;
    return makeSession({ phoneNumber, preKeys: options.preKeys });
  });
}

function makeSession({ phoneNumber, preKeys }: { phoneNumber: string; preKeys: number }): StoredSession {
  const lid = `9${phoneNumber}`;
  const creds: AuthenticationCreds = {
    ...initAuthCreds(),
    me: { id: `${phoneNumber}:${DEVICE}@s.whatsapp.net`, lid: `${lid}:${DEVICE}@lid`, name: 'bench' },
    // Only its presence says that the device is linked; nobody checks it after pairing.
    account: {
      details: Buffer.alloc(16),
      accountSignatureKey: Buffer.alloc(32, 1),
      accountSignature: Buffer.alloc(64, 2),
      deviceSignature: Buffer.alloc(64, 3),
    },
    platform: 'android',
    accountSyncCounter: 1,
    firstUnuploadedPreKeyId: preKeys + 1,
    nextPreKeyId: preKeys + 1,
  };
  return {
    phoneNumber,
    lid,
    device: DEVICE,
    creds,
    preKeys: Array.from({ length: preKeys }, (_, index) => ({
      id: index + 1,
      pair: Curve.generateKeyPair(),
    })),
  };
}

export function writeSessions(file: string, sessions: readonly StoredSession[]): void {
  writeFileSync(file, JSON.stringify(sessions, BufferJSON.replacer));
}

export function readSessions(file: string): StoredSession[] {
  return JSON.parse(readFileSync(file, 'utf8'), BufferJSON.reviver);
}
