import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceManager } from './device-manager.ts';
import { toDeviceView } from './device-view.ts';

/**
 * The registry of a process that opens no sockets: devices are shown as their rows have them, and what needs a socket
 * throws SOCKETS_ELSEWHERE.
 */
export function createSocketlessManager({ clock }: { clock: Clock }): DeviceManager {
  const refuse = async (): Promise<never> => {
    throw elsewhere();
  };
  return {
    start: refuse,
    stop: refuse,
    restart: refuse,
    pairWithCode: refuse,
    logout: refuse,
    wipe: refuse,
    remove: refuse,
    whileStopped: refuse,
    edited() {},
    stateOf: () => null,
    viewOf: (device) => toDeviceView(device, { state: null, lastActivityAt: null, now: clock.now() }),
    socketOf() {
      throw elsewhere();
    },
    restoreAll: refuse,
    restore: refuse,
    async shutdown() {},
  };
}

function elsewhere(): AppError {
  return new AppError('SOCKETS_ELSEWHERE', { roles: ['devices', 'all'] });
}
