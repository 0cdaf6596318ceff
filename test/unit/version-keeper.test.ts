import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import { createVersionKeeper, parseVersion, type WaVersion } from '../../src/whatsapp/version-keeper.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

const BUILT_IN: WaVersion = [2, 3000, 100];

function setUp(
  options: { configured?: WaVersion; stored?: unknown; latest?: WaVersion | Error | null } = {},
) {
  const { configured = null, stored = null, latest = [2, 3000, 200] as WaVersion } = options;
  const clock = createManualClock();
  const written: unknown[] = [];
  let fetches = 0;
  const fetchLatest = async () => {
    fetches += 1;
    if (latest instanceof Error || latest === null) throw latest;
    return latest;
  };
  const keeper = createVersionKeeper({
    configured,
    builtIn: async () => BUILT_IN,
    fetchLatest: latest === null ? null : fetchLatest,
    settings: { find: async () => stored, set: async (_name, value) => void written.push(value) },
    clock,
    log: silentLogger,
  });
  return { keeper, clock, written, fetches: () => fetches };
}

describe('the WhatsApp version', () => {
  it('is the configured one, else the newer of the last good one and the built-in one', async () => {
    expect(await setUp({ configured: [2, 1, 1], stored: [2, 3000, 150] }).keeper.current()).toEqual([
      2, 1, 1,
    ]);
    expect(await setUp({ stored: [2, 3000, 150] }).keeper.current()).toEqual([2, 3000, 150]);
    expect(await setUp({ stored: [2, 3000, 50] }).keeper.current()).toEqual(BUILT_IN);
    expect(await setUp({ stored: 'rubbish' }).keeper.current()).toEqual(BUILT_IN);
  });

  it('is refreshed once for a whole fleet, and not again within ten minutes', async () => {
    const { keeper, clock, fetches } = setUp();
    const answers = await Promise.all([keeper.refresh(), keeper.refresh(), keeper.refresh()]);
    expect(answers).toEqual([true, true, true]);
    expect(await keeper.refresh()).toBe(true);
    expect(fetches()).toBe(1);
    expect(await keeper.current()).toEqual([2, 3000, 200]);
    clock.advance(10 * 60_000);
    expect(await keeper.refresh()).toBe(false);
    expect(fetches()).toBe(2);
  });

  it('never goes backwards, and survives a failed look', async () => {
    const older = setUp({ latest: [2, 3000, 99] });
    expect(await older.keeper.refresh()).toBe(false);
    expect(await older.keeper.current()).toEqual(BUILT_IN);
    const failing = setUp({ latest: new Error('no route') });
    expect(await failing.keeper.refresh()).toBe(false);
    expect(await failing.keeper.current()).toEqual(BUILT_IN);
  });

  it('is never fetched when it is configured, nor in the sandbox', async () => {
    const configured = setUp({ configured: [2, 1, 1] });
    expect(await configured.keeper.refresh()).toBe(false);
    expect(configured.fetches()).toBe(0);
    expect(await setUp({ latest: null }).keeper.refresh()).toBe(false);
  });

  it('is remembered as good after a login, once', async () => {
    const { keeper, written } = setUp();
    await keeper.accepted();
    await keeper.accepted();
    expect(written).toEqual([BUILT_IN]);
    await keeper.refresh();
    await keeper.accepted();
    expect(written).toEqual([BUILT_IN, [2, 3000, 200]]);
  });
});

it('reads a version as people and databases write it', () => {
  expect(parseVersion('2.3000.1')).toEqual([2, 3000, 1]);
  expect(parseVersion([2, 3000, 1])).toEqual([2, 3000, 1]);
  for (const wrong of ['', '2.3000', '2.x.1', null, 7, [1, 2], [1, 2, 'x']])
    expect(parseVersion(wrong)).toBeNull();
});
