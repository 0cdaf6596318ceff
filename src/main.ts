import './node-version-guard.ts';
import { startWorkers } from '../workers/host.ts';
import { readEnvironment } from './config/env.ts';
import { serve } from './server-process.ts';

const { app } = await serve({ environment: readEnvironment(), startWorkers });

// Shown once and never again; on the terminal, so that no log collector keeps it.
if (app.firstKey?.kind === 'generated') {
  process.stdout.write(
    `\n  wafleet runs at ${app.url}\n\n  Administrator key, shown this once:\n\n    ${app.firstKey.secret}\n\n` +
      '  Lost it? npm run cli -- key create --name admin --scopes admin\n\n',
  );
}
