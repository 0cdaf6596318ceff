import { describe, expect, it } from 'vitest';
import { createWatchdog } from '../../src/devices/device-watchdog.ts';
import type { WaMessageId } from '../../src/shared/ids.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

const ID = '3EB0000000000000000001' as WaMessageId;

function setUp() {
  const clock = createManualClock();
  const probes: number[] = [];
  const seen = { deaf: 0, answers: true };
  const watchdog = createWatchdog({
    clock,
    keepAliveMs: 30_000,
    async probe(timeoutMs) {
      probes.push(timeoutMs);
      return seen.answers;
    },
    onDeaf: () => {
      seen.deaf += 1;
    },
  });
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 15_000) {
      clock.advance(Math.min(left, 15_000));
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { clock, watchdog, probes, seen, pass };
}

describe('the watchdog of an open socket', () => {
  it('leaves a socket alone that hears something now and then', async () => {
    const { watchdog, probes, seen, pass } = setUp();
    for (let turn = 0; turn < 10; turn += 1) {
      await pass(30_000);
      watchdog.heard();
    }
    expect(probes).toEqual([]);
    expect(seen.deaf).toBe(0);
  });

  it('probes after two silent keep-alives and goes on when the probe is answered', async () => {
    const { probes, seen, pass } = setUp();
    await pass(60_000);
    expect(probes).toEqual([]);
    await pass(15_000);
    expect(probes).toEqual([10_000]);
    await pass(60_000);
    expect(seen.deaf).toBe(0);
  });

  it('declares it deaf, once, when the probe stays unanswered', async () => {
    const { seen, pass } = setUp();
    seen.answers = false;
    await pass(300_000);
    expect(seen.deaf).toBe(1);
  });

  it('declares it deaf when a message has no ack for a minute', async () => {
    const { watchdog, seen, pass } = setUp();
    watchdog.sent(ID);
    for (let turn = 0; turn < 4; turn += 1) {
      await pass(15_000);
      watchdog.heard();
    }
    expect(seen.deaf).toBe(0);
    await pass(15_000);
    expect(seen.deaf).toBe(1);
  });

  it('is content when the ack comes', async () => {
    const { watchdog, seen, pass } = setUp();
    watchdog.sent(ID);
    await pass(30_000);
    watchdog.answered(ID);
    await pass(45_000);
    expect(seen.deaf).toBe(0);
  });

  it('blames a blocked event loop on nobody', async () => {
    const clock = createManualClock();
    let late = 0;
    const stuttering = { ...clock, monotonic: () => clock.monotonic() + late };
    let deaf = 0;
    const onDeaf = () => {
      deaf += 1;
    };
    const probe = async () => false;
    const watchdog = createWatchdog({ clock: stuttering, keepAliveMs: 30_000, probe, onDeaf });
    watchdog.sent(ID);
    late = 50_000;
    clock.advance(15_000);
    await Promise.resolve();
    expect(deaf).toBe(0);
    watchdog.stop();
  });
});
