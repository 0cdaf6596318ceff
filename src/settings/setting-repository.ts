import type { Database } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { Clock } from '../shared/clock.ts';

/** What JSON can carry. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Small facts the server keeps about itself, such as the last good WhatsApp Web version. */
export interface SettingRepository {
  /** Null when nothing is stored under this name; the caller checks the shape. */
  find(name: string): Promise<unknown>;
  /** Stores or replaces; the last writer wins. */
  set(name: string, value: JsonValue): Promise<void>;
}

interface SettingRepositoryOptions {
  readonly database: Database;
  readonly clock: Clock;
}

export function createSettingRepository({ database, clock }: SettingRepositoryOptions): SettingRepository {
  return {
    async find(name) {
      const { setting } = await database.prisma();
      const row = await setting.findUnique({ where: { name } });
      return (row?.value as { stored: unknown } | undefined)?.stored ?? null;
    },
    async set(name, value) {
      const { setting } = await database.prisma();
      // In an object, because SQLite would make a number of a lone one, and null means SQL's own null to Prisma.
      const fields = { value: JSON.parse(JSON.stringify({ stored: value })), updatedAt: clock.now() };
      const upsert = () => setting.upsert({ where: { name }, create: { name, ...fields }, update: fields });
      try {
        await upsert();
      } catch (error) {
        // On MySQL Prisma looks first and inserts then: another process may be faster, and the row is there now.
        if (!(error instanceof DuplicateKeyError)) throw error;
        await upsert();
      }
    },
  };
}
