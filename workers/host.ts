import type { StartWorkers } from '../src/background-work.ts';

/** Starts everything that needs no connection to WhatsApp. Any number of processes may do so: rows decide who does what. */
export const startWorkers: StartWorkers = (work) => {
  const workers = Object.values(work).map((start) => start());
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
};
