import { createRequire } from 'node:module';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { preloadBaileys } from '../../src/whatsapp/baileys-library.ts';

/**
 * A process that makes libsignal print whole sessions, keys included, as a busy server does: with the guard, or with
 * `unguarded` as first argument. Its own log goes to standard output.
 */
interface SessionEntry {
  registrationId: number;
  currentRatchet: object;
  indexInfo: { baseKey: Buffer; closed: number };
}
interface SessionRecord {
  closeSession(session: SessionEntry): void;
  openSession(session: SessionEntry): void;
}
const records: {
  new (): SessionRecord;
  createEntry(): SessionEntry;
} = createRequire(import.meta.url)('libsignal/src/session_record.js');

if (process.argv[2] !== 'unguarded') {
  await preloadBaileys({ log: createLogger('debug'), clock: systemClock });
}
const session = records.createEntry();
session.currentRatchet = { ephemeralKeyPair: { privKey: 'a-private-key' }, rootKey: 'a-root-key' };
session.indexInfo = { baseKey: Buffer.from('a-base-key'), closed: -1 };
const record = new records();
for (let turn = 0; turn < 50; turn += 1) {
  record.closeSession(session);
  record.openSession(session);
}
process.stdout.write('done\n');
