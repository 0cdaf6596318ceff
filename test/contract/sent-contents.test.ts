import { expect, it } from 'vitest';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import { createSentContentRepository } from '../../src/outbox/sent-content-repository.ts';
import { startSentContentUpkeep } from '../../src/outbox/sent-content-upkeep.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { deviceId, message, other, prepareOutbox, waId } from '../support/outbox-rows.ts';

const DAY_MS = 86_400_000;

describeOnEachDatabase('what WhatsApp was told of a file', (open) => {
  it('is erased when the message is over, and older than its device keeps its history', async () => {
    const { database, outbox, clock } = await prepareOutbox(await open());
    const contents = createSentContentRepository({ database });
    const ages: readonly (readonly [age: number, status: string, device: typeof deviceId])[] = [
      [40, 'read', deviceId],
      [40, 'queued', deviceId],
      [8, 'server_ack', deviceId],
      [6, 'failed', deviceId],
      [40, 'delivered', other],
      [8, 'delivered', other],
    ];
    for (const [index, [age, status, device]] of ages.entries()) {
      await outbox.add([message(index, { deviceId: device })]);
      await contents.keep({ deviceId: device, waMessageId: waId(index) }, Buffer.from('keys'));
      await database.run({
        text: 'update outbound_message set created_at = ?, status = ? where device_id = ? and wa_message_id = ?',
        params: [new Date(clock.now().getTime() - age * DAY_MS), status, device, waId(index)],
      });
    }
    const upkeep = startSentContentUpkeep({
      contents,
      // The other device is gone.
      devices: {
        find: async (id) =>
          id === deviceId ? { settings: { ...DEFAULT_DEVICE_SETTINGS, historyDays: 7 } } : null,
      },
      days: 30,
      clock,
      log: silentLogger,
    });
    await upkeep.firstRound;
    await upkeep.stop();
    const left = await Promise.all(
      ages.map(async ([, , device], index) => contents.kept({ deviceId: device, waMessageId: waId(index) })),
    );
    expect(left.map((content) => content !== null)).toEqual([false, true, false, true, false, true]);
  });
});
