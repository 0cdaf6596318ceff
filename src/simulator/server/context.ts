import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Random } from '../../shared/random.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { StateStore } from '../state/state-store.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { History } from './history.ts';
import type { Session, Sessions } from './session.ts';
import type { Submissions } from './submissions.ts';

/** What the parts of the server share. */
export interface ServerContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly state: StateStore;
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly delivery: Delivery;
  readonly faults: FaultPlan;
  readonly history: History;
  readonly submissions: Submissions;
  /** `host:port` of the media hosts `media_conn` names. */
  readonly mediaHosts: readonly string[];
  /** An id for a stanza the server makes. */
  nextId(): string;
}

/** Who sent a stanza: a logged-in device, or a phone of this process (device 0, no session). */
export interface Origin {
  readonly account: Session['account'];
  readonly device: number;
  readonly session: Session | null;
}
