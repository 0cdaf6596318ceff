import type { KeyRing } from '../config/key-encryption-key.ts';
import type { Database } from '../database/database.ts';
import { SealBrokenError } from '../shared/sealed-box.ts';
import { createAuthRotationRepository, type StoredDataKey } from './auth-rotation-repository.ts';
import { rewrap } from './auth-sealer.ts';

/**
 * Wraps every data key with the current key of the ring; what the data keys encrypt stays as it is, so devices go on running.
 * `broken`: rows that no key of the ring opens; they are left alone. Repeat until `broken` is 0 before dropping an old key.
 */
export async function rewrapDataKeys(options: {
  database: Database;
  keyRing: KeyRing;
}): Promise<{ rewrapped: number; broken: number }> {
  const repository = createAuthRotationRepository(options.database);
  const done = { rewrapped: 0, broken: 0 };
  for (const table of ['auth_data_key', 'auth_tombstone'] as const) {
    let after = '';
    for (;;) {
      const page = await repository.notWrappedBy(options.keyRing.id, { table, after });
      for (const row of page) {
        const wrapped = rewrapped(options.keyRing, row);
        if (wrapped) await repository.replace(row, wrapped);
        done[wrapped ? 'rewrapped' : 'broken'] += 1;
        after = row.rowId;
      }
      if (page.length === 0) break;
    }
  }
  return done;
}

function rewrapped(ring: KeyRing, row: StoredDataKey) {
  try {
    return rewrap(ring, row.deviceId, row);
  } catch (error) {
    if (error instanceof SealBrokenError) return null;
    throw error;
  }
}
