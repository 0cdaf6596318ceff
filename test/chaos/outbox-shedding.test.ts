import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FloodAnswer, flood } from '../support/outbox-chaos-flood.ts';
import { startServerProcess } from '../support/server-process.ts';

const entry = join(import.meta.dirname, '../support/busy-server.ts');
/** Together they ask for more than two seconds of work at once, and ask again as soon as they are answered. */
const CALLERS = 200;
const FLOOD_MS = 9_000;

/** The answers of a server that has far more to do than time for it. */
async function overload(gate: 'on' | 'off'): Promise<FloodAnswer[]> {
  await using server = startServerProcess({ entry, environment: { GATE: gate } });
  const url = await server.waitReady();
  return await flood(url, { path: '/busy', body: {}, callers: CALLERS, forMs: FLOOD_MS });
}

describe('more work than a process has time for', () => {
  it('G19: is refused for as long as that lasts, and says when to come back', async () => {
    const refused = (await overload('on')).filter(({ status }) => status !== 200);
    process.stdout.write(`${refused.length} refused\n`);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(
      new Set(['503 10']),
    );
  });

  it('G19, control: without the gate everybody waits, and nobody is told', async () => {
    expect((await overload('off')).filter(({ status }) => status !== 200)).toEqual([]);
  });
});
