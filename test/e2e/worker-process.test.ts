import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApi } from '../support/api.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { startServerProcess } from '../support/server-process.ts';

const WORKERS = join(import.meta.dirname, '../../workers/main.ts');

it('a worker that starts first leaves the first key to a process that can show it', async () => {
  const environment = { ADMIN_API_KEY: '', WA_SANDBOX: 'true' };
  await using worker = startServerProcess({ entry: WORKERS, environment });
  const url = await worker.waitReady();
  expect((await createApi(url, null).get('/ready')).status).toBe(200);
  expect(worker.lines.all.join('\n')).toContain('"role":"worker"');
  // No key exists yet, and no simulator was started for nobody.
  expect((await createApi(url, ADMIN_KEY).call({ method: 'GET', path: '/metrics' })).code).toBe(
    'API_KEY_INVALID',
  );
  expect(await worker.kill()).toBe(0);

  await using server = startServerProcess({ dataDir: worker.dataDir, environment });
  await server.waitReady();
  const key = (await server.lines.waitFor((line) => /^ {4}\S{32,}$/.test(line))).trim();
  const api = createApi(server.lines.all.join('\n').match(/"url":"([^"]+)"/)?.[1] ?? '', key);
  expect((await api.get('/api/auth/tokens')).data).toMatchObject({ total: 1 });
});
