import { describe, expect, it } from 'vitest';
import {
  type AttemptEnd,
  type EndFacts,
  type FailureHistory,
  judgeEnd,
  NO_FAILURES,
} from '../../src/devices/reconnect-policy.ts';
import type { Random } from '../../src/shared/random.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const FACTS: EndFacts = {
  now: NOW,
  at: 0,
  livedMs: 1_000,
  openForMs: null,
  linked: true,
  hasLoggedIn: true,
  ownsLease: true,
};
const LOST: AttemptEnd = { kind: 'closed', disconnect: { source: 'local', code: 408, text: 'lost' } };
const chance = (value: number): Random => ({ bytes: (count) => Buffer.alloc(count), next: () => value });

function judge(
  end: AttemptEnd,
  options: { history?: FailureHistory; facts?: Partial<EndFacts>; next?: number } = {},
) {
  const { history = NO_FAILURES, facts = {}, next = 0.999 } = options;
  return judgeEnd(end, { history, facts: { ...FACTS, ...facts }, random: chance(next) });
}

function delayOf({ step }: ReturnType<typeof judge>): number {
  return step.kind === 'dial-after' ? step.delayMs : Number.NaN;
}

describe('backoff', () => {
  it('doubles the window from one second to five minutes, with full jitter', () => {
    const windows = Array.from({ length: 12 }, (_, failures) =>
      Math.round(delayOf(judge(LOST, { history: { ...NO_FAILURES, failures } })) / 999),
    );
    expect(windows).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    expect(delayOf(judge(LOST, { history: { ...NO_FAILURES, failures: 8 }, next: 0 }))).toBe(0);
  });

  it('says when the next attempt is due', () => {
    const verdict = judge(LOST, { next: 0.5 });
    expect(verdict.cause).toMatchObject({ code: 'connection_lost', retryAt: new Date(NOW.getTime() + 500) });
  });

  it('parks after twenty failures in a row: 15 minutes, then an hour', () => {
    const at = (failures: number) => judge(LOST, { history: { ...NO_FAILURES, failures }, next: 0 });
    expect(at(18).cause.code).toBe('connection_lost');
    expect(delayOf(at(19))).toBe(15 * MINUTE);
    expect(at(19).cause.code).toBe('failing');
    expect(delayOf(at(20))).toBe(60 * MINUTE);
  });

  it('forgets a pairing that WhatsApp does not know of, and pairs anew through the backoff', () => {
    const refused: AttemptEnd = {
      kind: 'closed',
      disconnect: { source: 'failure', code: 401, text: 'failure 401' },
    };
    const facts = { linked: false, hasLoggedIn: false };
    expect(judge(refused, { facts })).toMatchObject({
      cause: { code: 'pairing_failed' },
      step: { kind: 'pair-anew', delayMs: 999 },
      history: { failures: 1 },
    });
    const late = judge(refused, { history: { ...NO_FAILURES, failures: 19 }, facts });
    expect(late.step).toMatchObject({ kind: 'rest', status: 'error' });
  });

  it('gives up a device that no phone is linked to after twenty failures', () => {
    const verdict = judge(LOST, { history: { ...NO_FAILURES, failures: 19 }, facts: { linked: false } });
    expect(verdict.step).toEqual({ kind: 'rest', status: 'error', session: 'keep' });
  });

  it('forgets failures only after five minutes open', () => {
    const history = { ...NO_FAILURES, failures: 7 };
    expect(judge(LOST, { history, facts: { openForMs: 5 * MINUTE - 1 } }).history.failures).toBe(8);
    expect(judge(LOST, { history, facts: { openForMs: 5 * MINUTE } }).history.failures).toBe(1);
  });

  it('G26: an open socket that turned deaf is a failure like any other, until one has lasted', () => {
    const end: AttemptEnd = { kind: 'deaf' };
    const silent = { openForMs: 3 * MINUTE };
    const verdicts = [judge(end, { facts: silent })];
    while (verdicts.length < 20)
      verdicts.push(judge(end, { history: verdicts.at(-1)?.history ?? NO_FAILURES, facts: silent }));
    expect(verdicts.map(({ history }) => history.failures)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    expect(verdicts.slice(0, 4).map((verdict) => Math.round(delayOf(verdict) / 999))).toEqual([1, 2, 4, 8]);
    expect(verdicts.at(-1)?.cause.code).toBe('failing');
    const { history } = verdicts[6] ?? judge(end);
    expect(judge(end, { history, facts: { openForMs: 5 * MINUTE } }).history.failures).toBe(1);
  });

  it('never parks because of our own database', () => {
    const hindered: AttemptEnd = { kind: 'hindered', cause: 'store_unavailable', source: 'store' };
    const verdict = judge(hindered, { history: { ...NO_FAILURES, failures: 50 } });
    expect(delayOf(verdict)).toBeLessThan(30_000);
    expect(verdict.cause).toMatchObject({ code: 'store_unavailable', source: 'store' });
  });
});

describe('what counts together', () => {
  const restart: AttemptEnd = {
    kind: 'closed',
    disconnect: { source: 'stream', code: 515, text: 'restart' },
  };
  const replaced: AttemptEnd = {
    kind: 'closed',
    disconnect: { source: 'stream', code: 440, text: 'conflict' },
  };

  function run(end: AttemptEnd, times: readonly number[]) {
    let history = NO_FAILURES;
    return times.map((at) => {
      const verdict = judge(end, { history, facts: { at }, next: 0 });
      history = verdict.history;
      return verdict;
    });
  }

  it('three restarts in a minute are at once, the fourth backs off', () => {
    const kinds = run(restart, [0, 10_000, 20_000, 30_000]).map(({ step }) => step.kind);
    expect(kinds).toEqual(['dial-now', 'dial-now', 'dial-now', 'dial-after']);
    expect(run(restart, [0, 10_000, 20_000, 80_000]).at(-1)?.step.kind).toBe('dial-now');
  });

  it('restarts are no failures', () => {
    expect(run(restart, [0, 1]).at(-1)?.history.failures).toBe(0);
  });

  it('being replaced waits 30 s, then 60 s, then stops; old replacements are forgotten', () => {
    const [first, second, third] = run(replaced, [0, MINUTE, 2 * MINUTE]);
    expect(first && delayOf(first)).toBe(30_000);
    expect(second && delayOf(second)).toBe(60_000);
    expect(third?.step).toEqual({ kind: 'rest', status: 'error', session: 'keep' });
    expect(run(replaced, [0, MINUTE, 12 * MINUTE]).at(-1)?.step.kind).toBe('dial-after');
  });

  it('a connection that lasted does not hide being replaced again and again', () => {
    const history = { ...NO_FAILURES, replacements: [0, 1] };
    expect(judge(replaced, { history, facts: { at: 6 * MINUTE, openForMs: 5 * MINUTE } }).step.kind).toBe(
      'rest',
    );
  });

  it('five closes right after the open park for five minutes', () => {
    const closed: AttemptEnd = { kind: 'closed', disconnect: { source: 'local', code: 428, text: 'closed' } };
    let history = NO_FAILURES;
    const delays = [1, 2, 3, 4, 5].map(() => {
      const verdict = judge(closed, { history, facts: { openForMs: 4_999 }, next: 0 });
      history = verdict.history;
      return delayOf(verdict);
    });
    expect(delays).toEqual([0, 0, 0, 0, 5 * MINUTE]);
    expect(judge(closed, { history, facts: { openForMs: 5_000 } }).history.quickCloses).toBe(0);
  });
});

describe('a ban with an end', () => {
  it('waits it out, plus a little, and is shown as an error', () => {
    const bannedUntil = new Date(NOW.getTime() + 10 * MINUTE);
    const verdict = judge({
      kind: 'closed',
      disconnect: { source: 'failure', code: 402, text: 'ban', bannedUntil },
    });
    expect(verdict.step).toMatchObject({ kind: 'dial-after', shownAs: 'error' });
    expect(delayOf(verdict)).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(delayOf(verdict)).toBeLessThanOrEqual(11 * MINUTE);
  });
});
