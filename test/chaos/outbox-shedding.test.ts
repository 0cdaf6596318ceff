import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FloodAnswer, flood } from '../support/outbox-chaos-flood.ts';
import { startServerProcess } from '../support/server-process.ts';

const entry = join(import.meta.dirname, '../support/busy-server.ts');
/** Together they ask for five seconds of work at once, and ask again as soon as they are answered. */
const CALLERS = 200;
/** The gate has closed long before that, unless the callers have to wait for a processor themselves. */
const LONGEST_FLOOD_MS = 90_000;
const CONTROL_FLOOD_MS = 12_000;

const isRefused = ({ status }: FloodAnswer) => status !== 200;

/** The answers of a server that has far more to do than time for it. */
async function overload(gate: 'on' | 'off'): Promise<FloodAnswer[]> {
  await using server = startServerProcess({ entry, environment: { GATE: gate } });
  const url = await server.waitReady();
  const limits =
    gate === 'on' ? { forMs: LONGEST_FLOOD_MS, isEnough: isRefused } : { forMs: CONTROL_FLOOD_MS };
  return await flood(url, { path: '/busy', body: {}, callers: CALLERS, ...limits });
}

describe('more work than a process has time for', () => {
  it('G19: is refused for as long as that lasts, and says when to come back', async () => {
    const refused = (await overload('on')).filter(isRefused);
    process.stdout.write(`${refused.length} refused\n`);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(
      new Set(['503 10']),
    );
  });

  it('G19, control: without the gate everybody waits, and nobody is told', async () => {
    expect((await overload('off')).filter(isRefused)).toEqual([]);
  });
});
