import { createHash } from 'node:crypto';
import type { SignalKeyStore } from '@whiskeysockets/baileys';

/** How a stanza's content was encrypted. */
export type EncType = 'pkmsg' | 'msg' | 'skmsg';

/** One ratchet step: what a ciphertext said, kept in the transaction that spent its key. */
export interface JournalEntry {
  /** ULID: the order in which ciphertexts were read. */
  readonly id: string;
  readonly at: Date;
  readonly author: string;
  readonly encType: EncType;
  readonly waMessageId: string;
  /** The attributes of the stanza it came in. */
  readonly attrs: Readonly<Record<string, string>>;
  /** Padded, as the library handed it over; null: it could not be decrypted. */
  readonly plain: Uint8Array | null;
}

/** What the journal still knows of a ciphertext; `plain` null after it was taken over. */
export interface JournalHit {
  readonly author: string;
  readonly plain: Uint8Array | null;
}

/** The key type under which the library's transactions carry journal entries; the id is the hash in hex. */
export const JOURNAL = 'inbound-journal';

/** The journal as the library's key store sees it. */
export interface JournalKeys {
  get(type: typeof JOURNAL, hashes: string[]): Promise<Record<string, JournalHit>>;
  set(data: { [JOURNAL]: Record<string, JournalEntry> }): Promise<void>;
}

/** The library's types know no journal; its store passes any type on. */
export function journalIn(keys: SignalKeyStore): JournalKeys {
  return keys as unknown as JournalKeys;
}

/** The entries among what one of the library's transactions writes, by hash. */
export function journalledIn(data: object): ReadonlyMap<string, JournalEntry> {
  const { [JOURNAL]: entries = {} } = data as { readonly [JOURNAL]?: Readonly<Record<string, JournalEntry>> };
  return new Map(Object.entries(entries));
}

/**
 * Names a ciphertext, in hex. Lengths come first, so that no two can be written alike; the message id is part of it, so
 * that an old ciphertext under a new id is not answered from the journal.
 */
export function journalHash(waMessageId: string, encType: EncType, ciphertext: Uint8Array): string {
  const hash = createHash('sha256');
  for (const part of [Buffer.from(waMessageId), Buffer.from(encType), ciphertext]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.byteLength);
    hash.update(length).update(part);
  }
  return hash.digest('hex');
}

/** What is sealed of an entry: `[length of the attributes 4][attributes as JSON][plaintext]`. */
export function encodeJournalled({
  attrs,
  plain,
}: {
  attrs: JournalEntry['attrs'];
  plain: Uint8Array;
}): Buffer {
  const head = Buffer.from(JSON.stringify(attrs));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.byteLength);
  return Buffer.concat([length, head, plain]);
}

/** Throws when the bytes are none of `encodeJournalled`. */
export function decodeJournalled(bytes: Buffer): { attrs: Record<string, string>; plain: Buffer } {
  const end = 4 + bytes.readUInt32BE(0);
  return { attrs: JSON.parse(bytes.toString('utf8', 4, end)), plain: bytes.subarray(end) };
}
