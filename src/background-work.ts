/** Work that goes on by itself until it is stopped. */
export interface BackgroundWork {
  /** Begins nothing more; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

/** Everything that needs no connection to WhatsApp, by name; calling it starts it. */
export type WorkToStart = Readonly<Record<string, () => BackgroundWork>>;

/** Starts the workers of this process; workers/host.ts does, and the entry point hands it in. */
export type StartWorkers = (work: WorkToStart) => BackgroundWork;
