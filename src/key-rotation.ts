import type { DeviceRepository } from './devices/device-repository.ts';
import type { Foundation } from './foundation.ts';
import type { Logger } from './shared/logger.ts';
import { rewrapDataKeys } from './whatsapp/auth-key-rotation.ts';

interface RotationDeps {
  readonly foundation: Foundation;
  readonly devices: Pick<DeviceRepository, 'list' | 'update'>;
  /** What else is sealed under the master key. */
  readonly others: readonly { reseal(): Promise<void> }[];
  readonly log: Logger;
}

/**
 * After a change of the master key everything it protects is wrapped anew under the current one, so that the earlier key may
 * be forgotten. Does nothing while there is no earlier key. Repeatable.
 */
export async function finishKeyRotation({ foundation, devices, others, log }: RotationDeps): Promise<void> {
  const { database, keyRing } = foundation;
  if (keyRing.previous.length === 0) return;
  const { rewrapped, broken } = await rewrapDataKeys({ database, keyRing });
  for (const { deviceId, proxyUrl } of await devices.list()) {
    if (proxyUrl !== null) await devices.update(deviceId, { proxyUrl });
  }
  for (const { reseal } of others) await reseal();
  const told = { rewrapped, broken };
  if (broken > 0) log.warn(told, 'some sessions open under no configured master key');
  else
    log.info(
      told,
      'sessions are wrapped under the current master key; the earlier one is not needed any more',
    );
}
