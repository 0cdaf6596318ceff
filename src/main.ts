import './node-version-guard.ts';
import { startWorkers } from '../workers/host.ts';
import { firstSteps } from './access/first-steps.ts';
import { readEnvironment } from './config/env.ts';
import { serve } from './server-process.ts';

const { app } = await serve({ environment: readEnvironment(), startWorkers });

const steps = firstSteps(app);
if (steps !== null) process.stdout.write(steps);
