import { describe, expect, it } from 'vitest';
import { reactToLocalFailure, reactToNack, refusalError } from '../../src/outbox/send-reaction.ts';

const FIRST = { attempts: 1, lastError: null, rateStrikes: 0 };
const MINUTE_MS = 60_000;

describe('the reaction to a refusal', () => {
  it.each([400, 401, 403, 404, 406, 410, 412, 422, 451, 463])('%i ends the message', (code) => {
    expect(reactToNack(code, FIRST)).toMatchObject({ kind: 'fail', error: { code: `WA_${code}` } });
  });

  it('463 alone says that the account may not write to strangers now', () => {
    expect(reactToNack(463, FIRST)).toMatchObject({ locked: true });
    expect(reactToNack(404, FIRST)).toMatchObject({ locked: false });
  });

  it('479 is tried once more, at once, with the devices asked for anew', () => {
    expect(reactToNack(479, FIRST)).toMatchObject({ kind: 'retry', delayMs: 0, refresh: true });
    const second = { ...FIRST, attempts: 2, lastError: refusalError(479) };
    expect(reactToNack(479, second)).toMatchObject({ kind: 'fail' });
    const unrelated = { ...FIRST, attempts: 2, lastError: refusalError(500) };
    expect(reactToNack(479, unrelated)).toMatchObject({ kind: 'retry' });
    expect(reactToNack(479, { ...unrelated, attempts: 5 })).toMatchObject({ kind: 'fail' });
  });

  it.each([420, 429])('%i pauses the device for at least five minutes, longer each time', (code) => {
    const pauses = [0, 1, 2, 3, 4, 5, 20].map((rateStrikes) => reactToNack(code, { ...FIRST, rateStrikes }));
    expect(pauses.map((reaction) => reaction.kind === 'pause' && reaction.delayMs / MINUTE_MS)).toEqual([
      5, 10, 20, 40, 80, 120, 120,
    ]);
    expect(reactToNack(code, { ...FIRST, attempts: 5 })).toMatchObject({ kind: 'fail' });
  });

  it.each([500, 503, 599])('%i is tried again up to five times, with growing gaps', (code) => {
    const reactions = [1, 2, 3, 4, 5].map((attempts) => reactToNack(code, { ...FIRST, attempts }));
    expect(
      reactions.map((reaction) => (reaction.kind === 'retry' ? reaction.delayMs : reaction.kind)),
    ).toEqual([2_000, 4_000, 8_000, 16_000, 'fail']);
  });

  it.each([0, 200, 399, 600, Number.NaN])('%d, which nobody has seen, ends the message', (code) => {
    expect(reactToNack(code, FIRST)).toMatchObject({ kind: 'fail' });
  });
});

it('what could not be handed over is tried again up to five times', () => {
  const kinds = [1, 2, 3, 4, 5].map((attempts) => reactToLocalFailure({ attempts }).kind);
  expect(kinds).toEqual(['retry', 'retry', 'retry', 'retry', 'fail']);
});
