import { expect, it } from 'vitest';
import { startExpiry } from '../../src/outbox/expiry.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { deviceId, message, NOW, prepareOutbox, waId } from '../support/outbox-rows.ts';

describeOnEachDatabase('a message that waits for a device that is away', (open) => {
  it('has expired soon after its time passed, and says so once', async () => {
    const { outbox, clock, claim } = await prepareOutbox(await open());
    const soon = { expiresAt: new Date(NOW.getTime() + 60_000) };
    await outbox.add([message(1, soon), message(2), message(3, soon)]);
    await outbox.add(Array.from({ length: 250 }, (_, index) => message(100 + index, soon)));
    await claim(3, undefined, soon);
    const told: OutboxEvent[] = [];
    const parts = [outbox, outbox].map((repository) =>
      startExpiry({ repository, publish: (event) => told.push(event), clock, log: silentLogger }),
    );
    clock.advance(59_999);
    await Promise.all(parts.map((part) => part.stop()));
    expect(told).toEqual([]);
    const again = startExpiry({
      repository: outbox,
      publish: (event) => told.push(event),
      clock,
      log: silentLogger,
    });
    clock.advance(5_001);
    while (told.length < 251) await new Promise((resolve) => setImmediate(resolve));
    await again.stop();
    expect(await outbox.find(deviceId, waId(1))).toMatchObject({ status: 'expired' });
    expect(await outbox.find(deviceId, waId(2))).toMatchObject({ status: 'queued' });
    expect(await outbox.find(deviceId, waId(3))).toMatchObject({ status: 'sending' });
    expect(new Set(told.map(({ waMessageId }) => waMessageId)).size).toBe(told.length);
    expect(told[0]).toMatchObject({ status: 'expired', deviceId, waMessageId: waId(1) });
  });
});
