import type { Role } from './config/config.ts';

/** What a process does; one with several roles does the work of each. */
export interface Duties {
  /** Opens connections to WhatsApp and sends what waits for them. */
  readonly sockets: boolean;
  /** Answers the whole API; without it only health, readiness and metrics. */
  readonly api: boolean;
  /** Runs what needs no connection: schedules, jobs nobody settled, removal of what expired. */
  readonly workers: boolean;
}

const DUTIES: Readonly<Record<Role, Duties>> = {
  all: { sockets: true, api: true, workers: true },
  api: { sockets: false, api: true, workers: false },
  devices: { sockets: true, api: true, workers: false },
  worker: { sockets: false, api: false, workers: true },
};

export function dutiesOf(role: Role): Duties {
  return DUTIES[role];
}
