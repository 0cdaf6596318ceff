import { end, sampleOf } from '../support/messages.ts';
import { simulatorEnvironment, startOurServer } from '../support/our-server.ts';
import type { Contender } from './contender.ts';

interface Options {
  /** Seeded by seed.ts. */
  readonly dataDir: string;
  readonly url: string;
  readonly rootKeyHex: string;
  readonly devices: number;
  /** With the default pace of connects instead of none. */
  readonly paced: boolean;
}

/** The server as `npm start` runs it, against the simulator. */
export function ourServer({ dataDir, devices, paced, ...simulator }: Options): Contender {
  return {
    name: 'wafleet',
    async start() {
      const environment = simulatorEnvironment(simulator, paced);
      const { child, origin, firstLine, connected } = await startOurServer({ dataDir, environment });
      return {
        firstLine,
        open: () => connected(devices),
        sample: () => sampleOf(child),
        async requestMs() {
          const start = performance.now();
          await fetch(`${origin}/health`);
          return performance.now() - start;
        },
        kill: () => end(child, 'SIGKILL'),
      };
    },
  };
}
