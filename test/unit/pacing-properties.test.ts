import { describe, expect, it } from 'vitest';
import { DEFAULT_PACING, mergePacing } from '../../src/devices/pacing-settings.ts';
import { decide } from '../../src/outbox/pacing.ts';
import type { PacingFacts } from '../../src/outbox/pacing-facts.ts';
import { createSendWindow, type MinuteCount } from '../../src/outbox/pacing-window.ts';

const SEEDS = 10_000;
const base = Date.UTC(2026, 2, 1);

/** Chance that repeats, as cheap as ten thousand runs need it (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomFacts(seed: number): PacingFacts {
  const next = chance(seed);
  const pick = <T>(...options: readonly [T, ...T[]]): T =>
    options[Math.floor(next() * options.length)] ?? options[0];
  const now = new Date(base + Math.floor(next() * 365 * 86_400_000));
  const time = (): Date | null => pick(null, new Date(now.getTime() + (next() - 0.5) * 7_200_000));
  const minute = Math.floor(now.getTime() / 60_000);
  const minutes: MinuteCount[] = Array.from({ length: Math.floor(next() * 40) }, (_, index) => {
    const total = Math.floor(next() * 8);
    return { minute: minute - 1_500 + index * 37, total, cold: Math.floor(next() * (total + 1)) };
  });
  const settings = mergePacing(DEFAULT_PACING, {
    enforce: next() < 0.5,
    hourlyCap: pick<number | null>(null, 1, 5, 80),
    dailyCap: pick<number | null>(null, 1, 50, 500),
    ramp: pick(null, {}, { firstDay: 0, lastDay: 3 }),
    quietHours: pick(null, { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' }),
  });
  return {
    now,
    settings,
    item: {
      lane: pick('reply', 'warm', 'cold', 'group'),
      isJobItem: next() < 0.5,
      delayMs: pick<number | null>(null, 0, 1_000, 90_000),
    },
    history: { lastJobItemAt: time(), gapDraw: next(), ...createSendWindow(minutes).at(now) },
    health: {
      ratePausedUntil: time(),
      reachoutUntil: time(),
      messageCapUntil: time(),
      coldPausedUntil: time(),
      breaker: pick('closed', 'open', 'probe', 'probing'),
      breakerUntil: time(),
      rampStartedAt: time(),
    },
  };
}

describe('whatever is asked, pacing', () => {
  it('names a time ahead for what waits, and says the same when asked twice', () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const facts = randomFacts(seed);
      const outcome = decide(facts);
      expect(decide(facts)).toEqual(outcome);
      if (outcome.kind === 'wait') expect(outcome.until.getTime()).toBeGreaterThan(facts.now.getTime());
    }
  });

  it('holds replies back for a rate refusal and a gap alone', () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const facts = randomFacts(seed);
      const outcome = decide({ ...facts, item: { ...facts.item, lane: 'reply' } });
      if (outcome.kind === 'wait') expect(['rate_limited', 'gap']).toContain(outcome.code);
      expect(outcome.warnings).toEqual([]);
    }
  });

  it('never holds back for a limit that is not enforced', () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const facts = randomFacts(seed);
      const outcome = decide({ ...facts, settings: { ...facts.settings, enforce: false } });
      if (outcome.kind === 'wait') {
        expect(['hourly_cap', 'daily_cap', 'cold_quota', 'quiet_hours']).not.toContain(outcome.code);
      }
    }
  });

  it('never lets a stranger go while WhatsApp says no', () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const facts = randomFacts(seed);
      const { now, health } = facts;
      const isStopped =
        [health.reachoutUntil, health.messageCapUntil, health.coldPausedUntil].some(
          (time) => time && time > now,
        ) ||
        (health.breaker === 'open' && health.breakerUntil !== null && health.breakerUntil > now);
      const outcome = decide({ ...facts, item: { ...facts.item, lane: 'cold' } });
      if (isStopped) expect(outcome.kind).toBe('wait');
    }
  });

  it('lets a message go at the time it named, if nothing else happens', () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const facts = randomFacts(seed);
      let { now } = facts;
      // Each wait ends one obstacle: rate, stop, limits, gap.
      for (let round = 0; round < 8; round += 1) {
        const outcome = decide({ ...facts, now, history: { ...facts.history, ...sameCounts(facts, now) } });
        if (outcome.kind === 'send' || outcome.code === 'cold_quota') break;
        expect(outcome.until.getTime()).toBeGreaterThan(now.getTime());
        now = outcome.until;
        expect(round).toBeLessThan(7);
      }
    }
  });
});

/** The counts at the end of every window: what was sent has left it. */
function sameCounts({ history, now: asked }: PacingFacts, now: Date) {
  if (now <= asked) return history;
  return createSendWindow([]).at(now);
}
