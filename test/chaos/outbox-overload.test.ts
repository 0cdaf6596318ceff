import { readFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
import { type Chaos, type Host, startChaos } from '../support/outbox-chaos.ts';
import { stopAll } from '../support/outbox-chaos-calls.ts';
import { type FloodAnswer, flood, percentile } from '../support/outbox-chaos-flood.ts';
import { CHAOS } from '../support/outbox-chaos-plan.ts';

const USUAL = 8;
const CALLERS = CHAOS.isLong ? 2_000 : 500;
const FLOOD_MS = CHAOS.isLong ? 60_000 : 3_000;
/** RELIABILITY.md G19. */
const RECOVERED_WITHIN_MS = 10_000;
const MORE_MEMORY_BYTES = 400 * 1024 * 1024;

let chaos: Chaos;
afterEach(() => chaos.close());

/** One device that is away, so that nothing but accepting is measured, and callers that post texts for it. */
async function start(environment: Record<string, string> = {}) {
  chaos = await startChaos({ storage: 'SQLite', devices: 1, recipients: 1, environment });
  const { devices, recipients, host } = chaos;
  await stopAll(chaos);
  const path = `/api/whatsapp-multi-device/devices/${devices[0]?.deviceId}/send-message?queue=true`;
  const body = { to: recipients[0], message: 'one of many' };
  const post = (callers: number, forMs: number, key?: string) =>
    flood(host.api.url, { path, body, callers, forMs, ...(key !== undefined && { key }) });
  return { host, post };
}

describe('G19: far more callers than it can serve', () => {
  it('are all told what became of their request; memory stays, and then it is as quick as before', {
    timeout: CHAOS.isLong ? 900_000 : 120_000,
  }, async () => {
    const { host, post } = await start();
    const before = await post(USUAL, 1_000);
    const memoryBefore = residentBytes(host);
    const during = await post(CALLERS, FLOOD_MS);
    const moreMemory = residentBytes(host) - memoryBefore;
    const floodEndedAt = performance.now();
    let after = await post(USUAL, 1_000);
    while (after.length < before.length * 0.6 && performance.now() - floodEndedAt < RECOVERED_WITHIN_MS) {
      const again = await post(USUAL, 1_000);
      during.push(...after);
      after = again;
    }

    const everything = [...before, ...during, ...after];
    const refused = everything.filter(({ status }) => status !== 202);
    const figures = {
      before: before.length,
      during: Math.round((during.length / FLOOD_MS) * 1_000),
      after: after.length,
      p99DuringMs: percentile(during, 0.99),
      refused: refused.length,
      moreMemoryMb: Math.round(moreMemory / 1024 ** 2),
    };
    process.stdout.write(`answers a second: ${JSON.stringify(figures)}\n`);
    expect(refused.filter((answer) => !saysWhenToComeBack(answer))).toEqual([]);
    expect(moreMemory).toBeLessThan(MORE_MEMORY_BYTES);
    expect(after.length).toBeGreaterThan(before.length * 0.6);
    // What was accepted is there, and nothing else.
    expect(countRows(host)).toBe(everything.length - refused.length);
  });

  it('with one key reach its limit and are told when to come back; who has another key does not wait for them', {
    timeout: 120_000,
  }, async () => {
    const { host, post } = await start({ RATE_LIMIT_PER_MINUTE: '300' });
    const { data } = expectOk(
      await host.api.post<{ token: string }>('/api/auth/tokens', { name: 'other', scopes: ['message:send'] }),
    );
    const [crowd, other] = await Promise.all([post(CALLERS, 2_000), post(1, 200, data.token)]);
    const accepted = crowd.filter(({ status }) => status === 202);
    expect(accepted.length).toBeLessThanOrEqual(300);
    expect(crowd.length).toBeGreaterThan(300);
    expect(crowd.filter((answer) => answer.status !== 202 && !saysWhenToComeBack(answer))).toEqual([]);
    expect(other.filter(({ status }) => status !== 202)).toEqual([]);
    expect(countRows(host)).toBe(accepted.length + other.length);
  });

  it('control: with one key and no limit are all served, and nobody is told to come back', async () => {
    const { post } = await start({ RATE_LIMIT_PER_MINUTE: '0' });
    const accepted = (await post(USUAL, 2_000)).filter(({ status }) => status === 202);
    expect(accepted.length).toBeGreaterThan(300);
  });
});

function saysWhenToComeBack({ status, retryAfter }: FloodAnswer): boolean {
  return [429, 503].includes(status) && retryAfter !== null && retryAfter > 0 && retryAfter <= 60;
}

function residentBytes({ process: { child } }: Host): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
  return Number(kilobytes) * 1024;
}

function countRows({ process: { dataDir } }: Host): unknown {
  const database = new BetterSqlite3(`${dataDir}/wafleet.db`, { readonly: true });
  const count = database.prepare('select count(*) from outbound_message').pluck().get();
  database.close();
  return count;
}
