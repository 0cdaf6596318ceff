import type { Device } from '../devices/device.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { SentContentRepository } from './sent-content-repository.ts';

interface UpkeepDeps {
  readonly contents: Pick<SentContentRepository, 'deviceAfter' | 'erase'>;
  readonly devices: { find(deviceId: DeviceId): Promise<Pick<Device, 'settings'> | null> };
  /** For devices that name no other number, and for those that are gone. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface SentContentUpkeep {
  /** Resolves when everything was looked at once. */
  readonly firstRound: Promise<void>;
  /** Begins nothing more; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

const EVERY_MS = 24 * 60 * 60_000;
/** Small enough that nobody waits for it. */
const AT_ONCE = 500;
const DAY_MS = 86_400_000;

/**
 * At the start and every day: erases what WhatsApp was told of files that were sent longer ago than history is kept. It has the keys of
 * the files, and nobody asks for a message again after so long.
 */
export function startSentContentUpkeep(deps: UpkeepDeps): SentContentUpkeep {
  const { clock, log } = deps;
  let stopped = false;
  const round = () =>
    eraseOld(deps, () => stopped).catch((error: unknown) =>
      log.warn({ err: error }, 'what was told of old files was not erased'),
    );
  const firstRound = round();
  let running = firstRound;
  const timer = clock.every(EVERY_MS, () => {
    running = running.then(round);
  });
  return {
    firstRound,
    async stop() {
      stopped = true;
      timer.cancel();
      await running;
    },
  };
}

async function eraseOld({ contents, devices, days, clock, log }: UpkeepDeps, isStopped: () => boolean) {
  let deviceId = await contents.deviceAfter('');
  while (deviceId !== null && !isStopped()) {
    const device = await devices.find(deviceId);
    const keptDays = device?.settings.historyDays ?? days;
    const before = new Date(clock.now().getTime() - keptDays * DAY_MS);
    let erased = 0;
    for (let step = AT_ONCE; step === AT_ONCE && !isStopped(); erased += step) {
      step = await contents.erase(deviceId, { before, limit: AT_ONCE });
    }
    if (erased > 0) log.info({ deviceId, messages: erased }, 'what was told of old files was erased');
    deviceId = await contents.deviceAfter(deviceId);
  }
}
