import type { Sample } from '../support/messages.ts';

/** One of the two that are compared. */
export interface Contender {
  readonly name: string;
  /** Starts the process; it opens every device by itself. */
  start(): Promise<Running>;
}

export interface Running {
  /** Resolves when the process has printed its first line; null for one that prints none. */
  readonly firstLine: Promise<void> | null;
  /** Resolves when, by its own account, every device is open; `times` counts openings since the start. */
  open(times: number): Promise<void>;
  sample(): Promise<Sample>;
  /** Answers one cheap API request and resolves with how long it took, in ms; null where there is no API. */
  readonly requestMs: (() => Promise<number>) | null;
  kill(): Promise<void>;
}
