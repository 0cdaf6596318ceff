import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { AuthRepository } from './auth-repository.ts';
import type { DeviceSealer } from './auth-sealer.ts';
import { decodeJournalled, encodeJournalled, JOURNAL, type JournalEntry } from './inbound-journal-entry.ts';
import type { SealedJournalEntry } from './inbound-journal-repository.ts';

/** What an opened journal row holds. */
export interface Journalled {
  readonly attrs: Readonly<Record<string, string>>;
  /** Padded, as it was decrypted. */
  readonly plain: Uint8Array;
}

/** An entry nobody has taken over yet; `journalled` null: the row is damaged. */
export interface NewEntry {
  readonly hash: Buffer;
  readonly journalled: Journalled | null;
}

/** The inbound journal of one device, under the device's own key. Methods throw what Database throws. */
export interface SealedJournal {
  seal(entries: ReadonlyMap<string, JournalEntry> | undefined): SealedJournalEntry[];
  /** By hash, in the shape of the library's key store. */
  find(hashes: readonly string[]): Promise<Record<string, never>>;
  /** The oldest ones first, `limit` at most. */
  newEntries(limit: number): Promise<NewEntry[]>;
}

interface SealedJournalDeps {
  readonly deviceId: DeviceId;
  readonly sealer: DeviceSealer;
  readonly repository: Pick<AuthRepository, 'journalled' | 'newEntries'>;
  readonly log: Logger;
}

export function createSealedJournal({ deviceId, sealer, repository, log }: SealedJournalDeps): SealedJournal {
  /** A damaged row is one message, which its sender can be asked for; it must not stop the device. */
  const open = (hash: Buffer, sealed: Buffer | null): Journalled | null => {
    try {
      return sealed && decodeJournalled(sealer.openKey(JOURNAL, hash.toString('hex'), sealed));
    } catch (err) {
      log.error({ deviceId, err }, 'journal row unreadable');
      return null;
    }
  };

  return {
    seal: (entries = new Map()) =>
      [...entries].map(([hash, entry]) => {
        const { attrs, plain } = entry;
        const sealed = plain && sealer.sealKey(JOURNAL, hash, encodeJournalled({ attrs, plain }));
        return { hash, entry, sealed };
      }),
    async find(hashes) {
      const rows = hashes.length === 0 ? [] : await repository.journalled(deviceId, hashes);
      const hits = rows.flatMap(({ hash, author, sealed }) => {
        const journalled = open(hash, sealed);
        if (sealed && !journalled) return [];
        return [[hash.toString('hex'), { author, plain: journalled?.plain ?? null }]];
      });
      return Object.fromEntries(hits);
    },
    async newEntries(limit) {
      const rows = await repository.newEntries(deviceId, limit);
      return rows.map(({ hash, sealed }) => ({ hash, journalled: open(hash, sealed) }));
    },
  };
}
