import '../src/node-version-guard.ts';
import { readEnvironment } from '../src/config/env.ts';
import { serve } from '../src/server-process.ts';
import { startWorkers } from './host.ts';

/** The workers as a process of their own; everything else is configured as for the server. */
const environment = readEnvironment();
await serve({
  environment: { ...environment, values: { ...environment.values, ROLE: 'worker' } },
  startWorkers,
});
