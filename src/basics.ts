import type { Config } from './config/config.ts';
import type { LeaseTimes } from './leases/lease-policy.ts';
import type { SimulatorAddress } from './sandbox/simulator-process.ts';
import type { Clock } from './shared/clock.ts';
import type { Ids } from './shared/ids.ts';
import type { Logger } from './shared/logger.ts';
import type { Random } from './shared/random.ts';

/** What every part needs and no part makes for itself. */
export interface Basics {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly log: Logger;
  /** The simulator this process started: its phones can be used through the API. */
  readonly simulator?: SimulatorAddress | null;
  /** For tests that show what a mechanism is good for by switching it off. */
  readonly tuning?: Tuning;
}

interface Tuning {
  readonly catchUpPatienceMs?: number;
  readonly inboundJournal?: 'off';
  /** What libraries say is logged in full. */
  readonly logLimits?: 'off';
  /** How long the answers to messages under way may hold up a stop, in ms. */
  readonly answersPatienceMs?: number;
  readonly leaseTimes?: LeaseTimes;
}
