import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { createConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { startWorkers } from '../../workers/host.ts';

export const OPENAPI_FILE = 'docs/openapi.json';

/** What the server, started for a moment with an empty database, answers at `/openapi.json`; formatted for reading. */
export async function currentOpenApi(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-openapi-'));
  const values = { DATA_DIR: folder, SESSIONS_DIR: join(folder, 'sessions'), DASHBOARD_PORT: '0' };
  const app = await startApp({
    config: createConfig({ values, unknown: [], directory: folder }),
    clock: systemClock,
    random: systemRandom,
    ids: createIds({ clock: systemClock, random: systemRandom }),
    log: silentLogger,
    startWorkers,
  });
  try {
    const answer = await fetch(`${app.url}/openapi.json`);
    return `${JSON.stringify(await answer.json(), null, 2)}\n`;
  } finally {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
