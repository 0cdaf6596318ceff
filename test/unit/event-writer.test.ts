import { describe, expect, it } from 'vitest';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import type { NewEvent } from '../../src/events/event-log.ts';
import { createEventWriter } from '../../src/events/event-writer.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { newEvent, newEvents } from '../support/event-log.ts';
import { createLogRecorder } from '../support/http.ts';

/** A writer on a log in memory that can be away. */
function world() {
  const clock = createManualClock();
  const { log, lines } = createLogRecorder();
  const groups: string[][] = [];
  const delayed: string[] = [];
  let failure: ((events: readonly NewEvent[]) => unknown) | null = null;
  let wake = () => {};
  const writer = createEventWriter({
    repository: {
      async add(events) {
        await Promise.resolve();
        const error = failure?.(events);
        wake();
        if (error) throw error;
        groups.push(events.map(({ id }) => id));
      },
    },
    onWritten: () => {},
    onDelayed: ({ id }) => delayed.push(id),
    clock,
    log,
  });
  /** Moves the clock until the log was asked once more. */
  const untilAsked = async () => {
    const asked = new Promise<void>((resolve) => {
      wake = resolve;
    });
    clock.advance(2_000);
    await asked;
    await new Promise(setImmediate);
  };
  return {
    writer,
    clock,
    lines,
    groups,
    delayed,
    untilAsked,
    failWith(next: typeof failure) {
      failure = next;
    },
  };
}

const idsOf = (events: readonly NewEvent[]) => events.map(({ id }) => id);
const away = () => new AppError('DATABASE_UNAVAILABLE');

describe('the writer of events', () => {
  it('writes what comes together in one group, in order', async () => {
    const { writer, clock, groups } = world();
    const events = newEvents(5);
    for (const event of events.slice(0, 3)) writer.add(event);
    const appended = writer.append(events.slice(3));
    clock.advance(25);
    await appended;
    expect(groups).toEqual([idsOf(events)]);
    await writer.settled();
  });

  it('does not wait for a group that is full', async () => {
    const { writer, groups } = world();
    const events = newEvents(450);
    for (const event of events) writer.add(event);
    await writer.stop(1_000);
    expect(groups.map(({ length }) => length)).toEqual([200, 200, 50]);
    expect(groups.flat()).toEqual(idsOf(events));
  });

  it('tries again while the database is away, and nothing changes places', async () => {
    const { writer, groups, untilAsked, failWith } = world();
    failWith(away);
    const events = newEvents(3);
    for (const event of events.slice(0, 2)) writer.add(event);
    await untilAsked();
    for (const event of events.slice(2)) writer.add(event);
    await untilAsked();
    failWith(null);
    await untilAsked();
    await writer.stop(1_000);
    expect(groups.flat()).toEqual(idsOf(events));
  });

  it('says once of each event that it has to wait', async () => {
    const { writer, delayed, untilAsked, failWith } = world();
    const events = newEvents(4);
    failWith(away);
    for (const event of events.slice(0, 2)) writer.add(event);
    await untilAsked();
    for (const event of events.slice(2, 3)) writer.add(event);
    await untilAsked();
    expect(delayed).toEqual(idsOf(events.slice(0, 3)));
    failWith(null);
    await untilAsked();
    await untilAsked();
    for (const event of events.slice(3)) writer.add(event);
    await writer.stop(1_000);
    expect(delayed).toEqual(idsOf(events.slice(0, 3)));
  });

  it('knows its own event when the answer to the commit was lost', async () => {
    const { writer, lines, untilAsked, failWith } = world();
    const written = writer.append([newEvent()]);
    failWith(away);
    await untilAsked();
    failWith(() => new DuplicateKeyError('a row with this key exists'));
    await untilAsked();
    await written;
    expect(lines).toEqual([]);
  });

  it('loses no neighbour of an event that cannot be written', async () => {
    const { writer, groups, lines, failWith, untilAsked } = world();
    const [one, poison, two] = newEvents(3);
    if (!one || !poison || !two) throw new Error('there are no events');
    failWith((events) => (events.includes(poison) ? new Error('no such column') : null));
    writer.add(one);
    const refused = expect(writer.append([poison])).rejects.toThrow('no such column');
    writer.add(two);
    await untilAsked();
    await refused;
    await writer.settled();
    expect(groups).toEqual([[one.id], [two.id]]);
    expect(lines).toMatchObject([{ level: 'error', data: { lost: 1 } }]);
  });

  it('drops the oldest statuses when too many wait, says so, and keeps everything else', async () => {
    const { writer, groups, lines, untilAsked, failWith } = world();
    failWith(away);
    const precious = newEvent({ type: 'job' });
    const statuses = newEvents(10_500);
    writer.add(precious);
    for (const event of statuses) writer.add(event);
    await untilAsked();
    failWith(null);
    await untilAsked();
    await writer.stop(1_000);
    expect(lines).toMatchObject([{ level: 'warn', data: { lost: 1_000 } }]);
    expect(groups.flat()).toEqual([precious.id, ...idsOf(statuses.slice(1_000))]);
  });

  it('ends in time although the database stays away, and says what is lost', async () => {
    const { writer, clock, lines, failWith, untilAsked } = world();
    failWith(away);
    const lost = writer.append(newEvents(2));
    const refused = expect(lost).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await untilAsked();
    const stopped = writer.stop(500);
    clock.advance(500);
    await stopped;
    await refused;
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([{ data: { lost: 2 } }]);
    await expect(writer.append([newEvent()])).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
