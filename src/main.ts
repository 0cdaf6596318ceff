import './node-version-guard.ts';
import { startWorkers } from '../workers/host.ts';
import { firstSteps } from './access/first-steps.ts';
import { readEnvironment } from './config/env.ts';
import { serve } from './server-process.ts';

const { app } = await serve({ environment: readEnvironment(), startWorkers });

const steps = firstSteps(app);
// Whoever configured a key has programs that read the log on stdout; it stays free of what is meant for a person.
const terminal = app.firstKey?.kind === 'generated' ? process.stdout : process.stderr;
if (steps !== null) terminal.write(steps);
