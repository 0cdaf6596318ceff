import { expect, it } from 'vitest';
import { createResendRepository } from '../../src/outbox/resend-repository.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createTtlCache } from '../../src/whatsapp/baileys-caches.ts';
import { createRetryCounters, type ResendLog } from '../../src/whatsapp/retry-counters.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { deviceId, message, other, prepareOutbox, waId } from '../support/outbox-rows.ts';

const PHONE = '6281234567890@s.whatsapp.net';
const LAPTOP = '6281234567890:7@s.whatsapp.net';

/** As a process that has just started. */
function startCounters(resends: ResendLog, device = deviceId) {
  const memory = createTtlCache({ clock: createManualClock(), ttlMs: 1_000, capacity: 10 });
  return createRetryCounters({ deviceId: device, memory, resends, log: silentLogger });
}

describeOnEachDatabase('how often messages were sent again', (open) => {
  it('is known to the next process, for each address of each message of ours', async () => {
    const { outbox, database } = await prepareOutbox(await open());
    await outbox.add([message(1)]);
    const resends = createResendRepository({ database });
    const before = startCounters(resends);
    await before.set(`${waId(1)}:${PHONE}`, 2);
    await before.set(`${waId(1)}:${LAPTOP}`, 4);
    await before.set(`${waId(2)}:${LAPTOP}`, 1);
    await before.set('ANOTHERS:undefined', 3);
    const after = startCounters(resends);
    expect(await after.get(`${waId(1)}:${PHONE}`)).toBe(2);
    expect(await after.get(`${waId(1)}:${LAPTOP}`)).toBe(4);
    expect(await after.get(`${waId(2)}:${LAPTOP}`)).toBeUndefined();
    expect(await after.get('ANOTHERS:undefined')).toBeUndefined();
    expect(await before.get('ANOTHERS:undefined')).toBe(3);
    expect(await startCounters(resends, other).get(`${waId(1)}:${PHONE}`)).toBeUndefined();
  });

  it('is counted in this process though the database is away', async () => {
    const away = () => Promise.reject(new Error('away'));
    const counters = startCounters({ read: away, write: away });
    await counters.set(`${waId(1)}:${PHONE}`, 2);
    expect(await counters.get(`${waId(1)}:${PHONE}`)).toBe(2);
  });
});
