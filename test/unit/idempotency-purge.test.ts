import { expect, it } from 'vitest';
import { startIdempotencyPurge } from '../../src/idempotency/idempotency-purge.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createLogRecorder } from '../support/http.ts';

it('expired keys are removed every ten minutes, also after a time that failed', async () => {
  const clock = createManualClock();
  const { log, lines } = createLogRecorder();
  const asked: Date[] = [];
  const purge = startIdempotencyPurge({
    records: {
      async purge(now) {
        asked.push(now);
        if (asked.length === 1) throw new Error('the database is away');
        return 0;
      },
    },
    clock,
    log,
  });
  clock.advance(20 * 60_000);
  await purge.stop();
  expect(asked).toHaveLength(2);
  expect(lines.map(({ level }) => level)).toEqual(['warn']);
  clock.advance(60 * 60_000);
  expect(asked).toHaveLength(2);
});
