/** What rings can be about. */
export const TOPICS = ['outbox', 'schedule', 'job', 'chatbot', 'sweep', 'webhook', 'alert'] as const;

/** What a ring is about; each topic has one handler. With `@` and a process: what is that process's alone. */
export type Topic = SharedTopic | `${SharedTopic}@${string}`;
type SharedTopic = (typeof TOPICS)[number];

/**
 * Does what is due for `id`. Reads its rows, does the work and rings for what comes next. It must bear being run once
 * too often, also by another process at the same time after a crash or a loss of Redis: rows decide, not rings.
 */
export type WakeupHandler = (id: string) => Promise<void>;

export interface HandleOptions {
  /** Most ids of this topic worked on at once in this process; 10 unless said otherwise. */
  readonly concurrency?: number;
}

/** Doorbells: rows say what is to be done, a ring only says when to look. Payloads are ids. */
export interface Wakeups {
  /**
   * Rings for `id`, now or at `at`. One ring is kept for each id, the earliest: an earlier time moves it forward, a
   * later one never delays. At least once, but it may be lost with Redis or the process: the sweep rings again.
   * Never throws and takes at most a second, also when Redis is away (which is logged once).
   */
  ring(topic: Topic, id: string, at?: Date): Promise<void>;
  /**
   * One handler a topic; a second one throws. Never runs twice at once for the same id in one process; a ring during
   * the run runs it once more after it. A run that fails is tried again with backoff a few times, then left to the sweep.
   */
  handle(topic: Topic, handler: WakeupHandler, options?: HandleOptions): void;
  /** From here on handlers run. Comes back within a second also when Redis is away. */
  start(): Promise<void>;
  /** Starts no more runs and waits for those under way, however long they take. Rings are still taken. */
  drain(): Promise<void>;
  /** Like drain, for at most 4 seconds, then closes everything: within 5 seconds. Final. */
  stop(): Promise<void>;
  /** Started, not stopped, and Redis (when used) answers. */
  healthy(): boolean;
  /** How many ids are due and wait for a run, over all processes; null when Redis does not say. */
  depth(topic: Topic): Promise<number | null>;
}
