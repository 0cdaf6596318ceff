import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readEnvironment } from '../../src/config/env.ts';
import { serve } from '../../src/server-process.ts';
import { startWorkers } from '../../workers/host.ts';

/**
 * The server, with what `WITHOUT` names switched off to show what it is good for. On SIGWINCH it collects its garbage and says how
 * large its heap is.
 */
const { WITHOUT = '' } = process.env;
setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
process.on('SIGWINCH', () => {
  if (typeof collect === 'function') collect();
  process.stdout.write(`${JSON.stringify({ msg: 'heap', heapUsed: process.memoryUsage().heapUsed })}\n`);
});
await serve({
  environment: readEnvironment(),
  startWorkers,
  tuning: {
    ...(WITHOUT === 'journal' && { inboundJournal: 'off' }),
    ...(WITHOUT === 'log-limits' && { logLimits: 'off' }),
  },
});
