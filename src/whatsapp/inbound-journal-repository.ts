import { clip } from '../database/columns.ts';
import type { Statement } from '../database/database.ts';
import type { Dialect } from '../database/dialect.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { JournalEntry } from './inbound-journal-entry.ts';

/** An entry as it is stored. */
export interface SealedJournalEntry {
  /** 64 hex digits. */
  readonly hash: string;
  readonly entry: JournalEntry;
  /** Null for what could not be decrypted. */
  readonly sealed: Buffer | null;
}

export interface JournalRow {
  readonly hash: Buffer;
  readonly author: string;
  readonly sealed: Buffer | null;
}

const COLUMNS = [
  'device_id',
  'hash',
  'id',
  'author',
  'enc_type',
  'wa_message_id',
  'sealed',
  'state',
  'created_at',
];
const AUTHOR_LENGTH = 96;

/** The author as the journal keeps it: strangers choose their addresses. */
export function journalAuthor(jid: string): string {
  return clip(jid, AUTHOR_LENGTH);
}

/**
 * The statements that store entries. What could not be decrypted is a mark for people: nobody takes it over, and it never
 * replaces what was read, or anybody could undo a message by sending its ciphertext under another name.
 */
export function journalStatements(
  dialect: Dialect,
  deviceId: DeviceId,
  entries: readonly SealedJournalEntry[],
): Statement[] {
  const insert = { table: 'inbound_journal', columns: COLUMNS };
  const store = dialect.upsert({ ...insert, keyColumns: ['device_id', 'hash'] });
  const mark = dialect.insertIgnore(insert);
  return entries.map(({ hash, entry, sealed }) => ({
    text: sealed === null ? mark : store,
    params: [
      deviceId,
      Buffer.from(hash, 'hex'),
      entry.id,
      journalAuthor(entry.author),
      entry.encType,
      clip(entry.waMessageId, 64),
      sealed,
      sealed === null ? 'undecryptable' : 'new',
      entry.at,
    ],
  }));
}

/** Entries by hash; what could not be decrypted answers nothing. */
export function journalQuery(deviceId: DeviceId, hashes: readonly string[]): Statement {
  const places = hashes.map(() => '?').join(', ');
  return {
    text: `select hash, author, sealed from inbound_journal
      where device_id = ? and hash in (${places}) and state <> 'undecryptable'`,
    params: [deviceId, ...hashes.map((hash) => Buffer.from(hash, 'hex'))],
  };
}

/** Entries nobody has taken over yet, in the order in which they were read. */
export function newEntriesQuery(deviceId: DeviceId, limit: number): Statement {
  return {
    text: `select hash, author, sealed from inbound_journal where device_id = ? and state = 'new'
      order by created_at, id limit ${Math.trunc(limit)}`,
    params: [deviceId],
  };
}
