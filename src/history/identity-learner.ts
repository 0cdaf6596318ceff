import type { Device } from '../devices/device.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { DeviceTurns } from './device-turns.ts';
import { accountOf } from './history-entry.ts';
import type { HistoryRepository } from './history-repository.ts';
import { type IdentityBook, toIdentity } from './identity-book.ts';
import type { Identity } from './identity-statements.ts';

interface LearnerDeps {
  readonly deviceEvents: Pick<EventBus<DeviceEvent>, 'subscribe'>;
  readonly devices: { find(deviceId: DeviceId): Promise<Pick<Device, 'jid' | 'lid'> | null> };
  readonly repository: Pick<HistoryRepository, 'write'>;
  readonly identities: IdentityBook;
  readonly turns: DeviceTurns;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Writes down who is who as the library learns it, and moves what was kept under hidden ids. What cannot be written now is learned
 * again with the next message of that person.
 */
export function startIdentityLearner(deps: LearnerDeps): void {
  const { deviceEvents, identities, turns, log } = deps;
  deviceEvents.subscribe((event) => {
    const { deviceId } = event;
    if (event.type === 'removed' || event.type === 'authenticated') identities.forget(deviceId);
    if (event.type !== 'identities') return;
    const news = event.pairs.flatMap(({ lid, pn }) => toIdentity(lid, pn) ?? []);
    // The library tells it with every message.
    if (identities.knows(deviceId, news)) return;
    turns
      .inTurn(deviceId, () => learn(deps, { deviceId, news }))
      .catch((error: unknown) => log.warn({ deviceId, err: error }, 'who is who was not stored'));
  });
}

/** To be called in the device's turn. */
export async function learn(
  { devices, repository, identities }: Pick<LearnerDeps, 'devices' | 'repository' | 'identities'>,
  { deviceId, news }: { deviceId: DeviceId; news: readonly Identity[] },
): Promise<void> {
  const device = await devices.find(deviceId);
  const { statements } = await identities.read(deviceId, {
    lids: [],
    news,
    account: device && accountOf(device),
  });
  await repository.write(statements);
}
