import './node-version-guard.ts';
import path from 'node:path';
import { startWorkers } from '../workers/host.ts';
import { firstSteps } from './access/first-steps.ts';
import { type Environment, readEnvironment } from './config/env.ts';
import { keptSecret } from './config/secrets.ts';
import { printTour } from './sandbox/tour.ts';
import { serve } from './server-process.ts';
import { systemRandom } from './shared/random.ts';

/** The whole product without a phone: the server, the simulator and its phones, and a tour to paste. */
const environment = sandboxEnvironment(readEnvironment());
const dataDir = path.resolve(environment.directory, environment.values.DATA_DIR ?? '');
const controlToken = keptSecret({ dataDir, file: 'simulator.token', random: systemRandom });
const adminApiKey =
  environment.values.ADMIN_API_KEY ?? keptSecret({ dataDir, file: 'admin.key', random: systemRandom });

const { app, simulator } = await serve({
  environment: { ...environment, values: { ...environment.values, ADMIN_API_KEY: adminApiKey } },
  startWorkers,
  controlToken,
});
printTour({ url: app.url, adminApiKey, simulator: simulator?.address ?? null });
const steps = firstSteps({ ...app, firstKey: null });
if (steps !== null) process.stdout.write(steps);

/** The sandbox keeps to a data folder of its own, so that it never meets real devices. */
function sandboxEnvironment(given: Environment): Environment {
  return {
    ...given,
    values: {
      DATA_DIR: './data/sandbox',
      SESSIONS_DIR: './data/sandbox/sessions',
      ...given.values,
      WA_SANDBOX: 'true',
    },
  };
}
