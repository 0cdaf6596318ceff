import type { Database } from '../../src/database/database.ts';
import { createOutboxJobRepository } from '../../src/outbox/outbox-job-repository.ts';
import type { NewOutboxMessage, QueuedMessage } from '../../src/outbox/outbox-message.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

export const deviceId = 'device' as DeviceId;
export const other = 'other' as DeviceId;
export const to = '6281234567890@s.whatsapp.net' as Jid;
export const id = (number: number) => String(number).padStart(26, '0');
export const waId = (number: number) => `3EB0${String(number).padStart(18, '0')}` as WaMessageId;
export const NOW = new Date('2026-11-20T08:30:00.123Z');
export const EPOCH = 7;

export const message = (number: number, fields: Partial<NewOutboxMessage> = {}): NewOutboxMessage => ({
  id: id(number),
  deviceId,
  waMessageId: waId(number),
  to,
  kind: 'text',
  text: `text ${number} 😀`,
  content: null,
  source: 'api',
  dueAt: NOW,
  delayMs: null,
  onAmbiguous: 'resend',
  expiresAt: null,
  ...fields,
});
export const item = (number: number, jobId: string) =>
  message(number, { source: 'job', jobId, itemIndex: number, delayMs: 1_500 });
export const queued = (number: number, fields: Partial<NewOutboxMessage> = {}): QueuedMessage => ({
  ...message(number, fields),
  attempts: 0,
  error: null,
});

/** Both repositories on a database in which the device is claimed, at a time that stands still. */
export async function prepareOutbox(database: Database) {
  const clock = createManualClock(NOW);
  await setEpoch(database, EPOCH);
  const outbox = createOutboxRepository({ database, clock });
  const jobs = createOutboxJobRepository({ database, clock });
  const claim = (number: number, epoch = EPOCH, fields: Partial<NewOutboxMessage> = {}) =>
    outbox.claim(queued(number, fields), { epoch, lane: 'warm', at: NOW });
  return { database, clock, outbox, jobs, claim };
}

export function insertJob(jobId: string, owner: DeviceId = deviceId) {
  return {
    text: `insert into job (id, device_id, kind, status, total, on_ambiguous, created_at, updated_at)
      values (?, ?, 'text', 'queued', 1, 'resend', ?, ?)`,
    params: [jobId, owner, NOW, NOW],
  };
}

/** The device is claimed under this epoch from now on. */
export async function setEpoch(database: Database, epoch: number): Promise<void> {
  await database.writeAtomically({
    statements: [
      { text: 'delete from device_lease where device_id = ?', params: [deviceId] },
      {
        text: 'insert into device_lease (device_id, node_id, boot_id, epoch, updated_at) values (?, ?, ?, ?, ?)',
        params: [deviceId, 'node', 'boot', epoch, NOW],
      },
    ],
  });
}
