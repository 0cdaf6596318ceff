import type { Device } from '../devices/device.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { HistoryRepository } from './history-repository.ts';
import type { RetentionRepository } from './retention-repository.ts';

export interface UpkeepDeps {
  readonly retention: RetentionRepository;
  readonly repository: Pick<HistoryRepository, 'strayChats' | 'fold' | 'write'>;
  readonly devices: { find(deviceId: DeviceId): Promise<Pick<Device, 'settings'> | null> };
  /** Erases what numbers that are switched off have kept nevertheless. */
  eraseWithheld(): Promise<void>;
  /** For devices that name no other number, and for those that are gone. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface HistoryUpkeep {
  /** Resolves when everything was looked at once. */
  readonly firstRound: Promise<void>;
  /** Begins nothing more; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

const EVERY_MS = 60 * 60_000;
/** Small enough that nobody waits for it. */
const AT_ONCE = 500;
const DAY_MS = 86_400_000;

/** At the start and every hour: erases what is too old, and repairs what processes that died have left. */
export function startHistoryUpkeep(deps: UpkeepDeps): HistoryUpkeep {
  const { clock, log } = deps;
  let stopped = false;
  const round = async (): Promise<void> => {
    const steps = [() => eraseOld(deps, () => stopped), () => foldStrays(deps), deps.eraseWithheld];
    for (const step of steps) {
      if (stopped) return;
      await step().catch((error: unknown) => log.warn({ err: error }, 'history not tidied up'));
    }
  };
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

async function eraseOld(
  { retention, devices, days, clock, log }: UpkeepDeps,
  isStopped: () => boolean,
): Promise<void> {
  let deviceId = await retention.deviceAfter('');
  while (deviceId !== null && !isStopped()) {
    const device = await devices.find(deviceId);
    const keptDays = device?.settings.historyDays ?? days;
    const before = new Date(clock.now().getTime() - keptDays * DAY_MS);
    let erased = 0;
    for (let step = AT_ONCE; step === AT_ONCE && !isStopped(); erased += step) {
      step = await retention.eraseMessages(deviceId, { before, limit: AT_ONCE });
    }
    if (erased > 0) {
      await retention.eraseChats(deviceId, before);
      log.info({ deviceId, messages: erased, days: keptDays }, 'old history erased');
    }
    deviceId = await retention.deviceAfter(deviceId);
  }
}

/** Two processes that kept and learned at the same time may have left a chat under a hidden id. */
async function foldStrays({ repository }: UpkeepDeps): Promise<void> {
  for (const { deviceId, identity } of await repository.strayChats(AT_ONCE)) {
    await repository.write(repository.fold(deviceId, identity));
  }
}
