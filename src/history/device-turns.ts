import type { DeviceId } from '../shared/ids.ts';

/** Work of which there is only one at a time for each device, in the order in which it was asked for. */
export interface DeviceTurns {
  /** Settles with what `work` comes to, when everything before it is over. */
  inTurn<Result>(deviceId: DeviceId, work: () => Promise<Result>): Promise<Result>;
  /** Resolves when everything asked for so far is over. Never rejects. */
  drain(): Promise<void>;
}

export function createDeviceTurns(): DeviceTurns {
  const tails = new Map<DeviceId, Promise<unknown>>();
  return {
    inTurn(deviceId, work) {
      const before = tails.get(deviceId) ?? Promise.resolve();
      const turn = before.then(work, work);
      // Whoever asked is told why it failed.
      const tail: Promise<unknown> = turn
        .catch(() => {})
        .then(() => {
          if (tails.get(deviceId) === tail) tails.delete(deviceId);
        });
      tails.set(deviceId, tail);
      return turn;
    },
    async drain() {
      await Promise.all(tails.values());
    },
  };
}
