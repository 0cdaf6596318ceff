import { beforeEach, expect, it } from 'vitest';
import { createPatience, type Patience } from '../../src/history/patience.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';

const TRY_AGAIN_MS = 5_000;
let clock: ManualClock;
let patience: Patience;
let tries: number;
let failure: Error | null;

beforeEach(() => {
  clock = createManualClock();
  patience = createPatience({ clock, giveUpAfterMs: 60_000 });
  [tries, failure] = [0, new AppError('DATABASE_UNAVAILABLE')];
});

const work = async () => {
  tries += 1;
  if (failure) throw failure;
  return 'done';
};
const turn = () => new Promise(setImmediate);

it('tries again until the database is back', async () => {
  const result = patience.patiently(work);
  for (let round = 0; round < 3; round += 1) {
    await turn();
    clock.advance(TRY_AGAIN_MS);
  }
  failure = null;
  expect(await result).toBe('done');
  expect(tries).toBe(4);
});

it('gives up in the end', async () => {
  const result = expect(patience.patiently(work)).rejects.toBe(failure);
  for (let round = 0; round < 12; round += 1) {
    await turn();
    clock.advance(TRY_AGAIN_MS);
  }
  await result;
  expect(tries).toBe(13);
});

it('does not repeat what fails for another reason', async () => {
  failure = new AppError('VALIDATION_FAILED');
  await expect(patience.patiently(work)).rejects.toBe(failure);
  expect(tries).toBe(1);
});

it('tries once more, at once, when somebody is in a hurry', async () => {
  const result = patience.patiently(work);
  const failed = expect(result).rejects.toBe(failure);
  await turn();
  await patience.hurry(() => result.catch(() => {}));
  await failed;
  expect(tries).toBe(2);
  const patient = patience.patiently(work);
  await turn();
  failure = null;
  clock.advance(TRY_AGAIN_MS);
  expect(await patient).toBe('done');
});
