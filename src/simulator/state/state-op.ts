import type { GroupRecord } from './group-record.ts';

interface OfAccount {
  readonly phoneNumber: string;
}

interface OfDevice extends OfAccount {
  readonly device: number;
}

/** One change of the server's memory; the journal is a list of these, and so is the snapshot. */
export type StateOp =
  | { readonly kind: 'secret'; readonly name: string; readonly value: Uint8Array }
  /** The picture of a person (phone number) or group (address); null takes it down. */
  | {
      readonly kind: 'picture';
      readonly owner: string;
      readonly id: string;
      readonly image: Uint8Array | null;
    }
  /** The whole group as it is from now on. */
  | { readonly kind: 'group'; readonly group: GroupRecord }
  | (OfAccount & {
      readonly kind: 'account';
      readonly lid: string;
      readonly pushName: string;
      /** The highest device number ever given; numbers of removed devices are not given again. */
      readonly lastDevice: number;
    })
  | (OfAccount & { readonly kind: 'push-name'; readonly pushName: string })
  | (OfAccount & { readonly kind: 'setting'; readonly name: string; readonly value: string })
  | (OfAccount & { readonly kind: 'contact'; readonly other: string })
  | (OfAccount & { readonly kind: 'block' | 'unblock'; readonly jid: string })
  | (OfAccount & {
      readonly kind: 'patch';
      readonly collection: string;
      readonly version: number;
      readonly patch: Uint8Array;
    })
  | (OfDevice & {
      readonly kind: 'device';
      readonly keyIndex: number;
      readonly noiseKey: Uint8Array;
      readonly identityKey: Uint8Array;
      readonly registrationId: number;
      readonly signedPreKeyId: number;
      readonly signedPreKey: Uint8Array;
      readonly signature: Uint8Array;
    })
  | (OfDevice & { readonly kind: 'device-removed' })
  | (OfDevice & { readonly kind: 'device-greeted' | 'pre-key-taken' })
  | (OfDevice & {
      readonly kind: 'signed-pre-key';
      readonly id: number;
      readonly publicKey: Uint8Array;
      readonly signature: Uint8Array;
    })
  /** Pre-keys of 35 bytes each: id in 3, public key in 32. */
  | (OfDevice & { readonly kind: 'pre-keys'; readonly packed: Uint8Array })
  | (OfDevice & {
      readonly kind: 'enqueue';
      readonly key: string;
      readonly sequence: number;
      readonly stanza: Uint8Array;
    })
  | (OfDevice & { readonly kind: 'dequeue'; readonly key: string; readonly sequence: number });

/** One line of JSON; bytes become `{"$":"<base64>"}`. */
export function encodeOp(op: StateOp): string {
  const row: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(op)) {
    row[name] = value instanceof Uint8Array ? { $: toBase64(value) } : value;
  }
  return JSON.stringify(row);
}

/** The inverse of `encodeOp`. Throws SyntaxError on a line that is no JSON; the files are our own, so no more is checked. */
export function decodeOp(line: string): StateOp {
  const row = JSON.parse(line) as Record<string, unknown>;
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'object' && value !== null && '$' in value) {
      row[name] = Buffer.from(String(value.$), 'base64');
    }
  }
  return row as unknown as StateOp;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
