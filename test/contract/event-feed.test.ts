import { expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { createEventFeed } from '../../src/events/event-feed.ts';
import type { NewEvent } from '../../src/events/event-log.ts';
import { startEventLogPurge } from '../../src/events/event-log-purge.ts';
import { createEventLogRepository, type RemovalLimits } from '../../src/events/event-log-repository.ts';
import { createEventTail } from '../../src/events/event-tail.ts';
import type { LiveEvent } from '../../src/events/live-event.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { silentLogger as log } from '../../src/shared/logger.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { createTestEventLog, newEvent, newEvents } from '../support/event-log.ts';
import { createRecorder } from '../support/recorder.ts';

const DAY_MS = 86_400_000;
const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

/** Live events as one process has them; its clock stands still, so that nothing is polled before the test says so. */
function feedOn(database: Database) {
  const clock = createManualClock();
  const eventLog = createTestEventLog(database);
  let reads = 0;
  const counted = {
    ...eventLog,
    after(seq: number, limit: number) {
      reads += 1;
      return eventLog.after(seq, limit);
    },
  };
  const tail = createEventTail({ eventLog: counted, clock, log });
  onTestFinished(tail.stop);
  const unkept = createEventBus<LiveEvent>((error) => {
    throw error;
  });
  const writer = { add: (event: NewEvent) => void eventLog.append([event]), settled: async () => {} };
  const feed = createEventFeed({ eventLog, writer, tail, unkept, clock, log });
  /** A reader that remembers; `pace` is awaited for each page. */
  const listen = async (lastEventId: string | null, pace = async () => {}) => {
    const position = await feed.locate(lastEventId);
    const seen = createRecorder<LiveEvent>();
    const leave = feed.follow(position, async (events) => {
      for (const event of events) seen.add(event);
      await pace();
    });
    onTestFinished(leave);
    return { ...position, seen, leave };
  };
  return { feed, eventLog, clock, listen, reads: () => reads };
}

describeOnEachDatabase('following the events', (open) => {
  const two = async () => {
    const url = await open.freshUrl();
    const first = await open(url);
    await migrate(first, { log });
    return [feedOn(first), feedOn(await open(url))] as const;
  };

  it('goes from what was missed to what happens, without a gap or a repeat, while others write', async () => {
    const [here, there] = await two();
    const missed = newEvents(700);
    await here.eventLog.append(missed);
    const reader = await here.listen(missed[99]?.id ?? '');
    const more: NewEvent[] = [];
    for (let round = 0; round < 20; round += 1) {
      const events = newEvents(20);
      await (round % 2 === 0 ? here : there).eventLog.append(events);
      more.push(...events);
    }
    const last = newEvent();
    await here.eventLog.append([last]);
    await reader.seen.waitFor(({ id }) => id === last.id);
    expect(reader.isResync).toBe(false);
    expect(idsOf(reader.seen.all)).toEqual(idsOf([...missed.slice(100), ...more, last]));
  });

  it('begins with what happens from now on', async () => {
    const [{ eventLog, listen }] = await two();
    await eventLog.append(newEvents(3));
    const { seen } = await listen(null);
    const event = newEvent();
    await eventLog.append([event]);
    await seen.waitFor(({ id }) => id === event.id);
    expect(idsOf(seen.all)).toEqual([event.id]);
  });

  it('gives what was missed at once, although others wait at the end', async () => {
    const [here, there] = await two();
    const missed = newEvents(600);
    await there.eventLog.append(missed);
    const alone = await here.listen(missed[0]?.id ?? '');
    await alone.seen.waitFor(({ id }) => id === missed[599]?.id);
    alone.leave();
    const live = await here.listen(null);
    const away = await here.listen(missed[0]?.id ?? '');
    const event = newEvent();
    await here.eventLog.append([event]);
    await Promise.all([live, away].map(({ seen }) => seen.waitFor(({ id }) => id === event.id)));
    expect(idsOf(live.seen.all)).toEqual([event.id]);
    expect(idsOf(away.seen.all)).toEqual(idsOf([...missed.slice(1), event]));
  });

  it('hears within a second what another process wrote, and reads nothing while nobody listens', async () => {
    const [here, there] = await two();
    const { seen, leave } = await here.listen(null);
    const event = newEvent();
    await there.eventLog.append([event]);
    here.clock.advance(1_000);
    await seen.waitFor(({ id }) => id === event.id);
    leave();
    const before = here.reads();
    here.clock.advance(60_000);
    await here.eventLog.append([newEvent()]);
    expect(here.reads()).toBe(before);
  });

  it('reads the end of the log once for all who wait there', async () => {
    const [{ eventLog, listen, reads }] = await two();
    const readers = await Promise.all(Array.from({ length: 20 }, () => listen(null)));
    const before = reads();
    const event = newEvent();
    await eventLog.append([event]);
    await Promise.all(readers.map(({ seen }) => seen.waitFor(({ id }) => id === event.id)));
    expect(reads() - before).toBeLessThan(20);
  });

  it('lets a slow reader wait for itself, and nobody else', async () => {
    const [{ eventLog, listen }] = await two();
    const gate = Promise.withResolvers<void>();
    const slow = await listen(null, () => gate.promise);
    const quick = await listen(null);
    const events = newEvents(600);
    for (let from = 0; from < 600; from += 100) await eventLog.append(events.slice(from, from + 100));
    const last = events.at(-1)?.id;
    await quick.seen.waitFor(({ id }) => id === last);
    expect(slow.seen.all.length).toBeLessThan(600);
    gate.resolve();
    await slow.seen.waitFor(({ id }) => id === last);
    expect(idsOf(slow.seen.all)).toEqual(idsOf(events));
    expect(idsOf(quick.seen.all)).toEqual(idsOf(events));
  });

  it('tells secrets of a pairing after what came before them, and never again', async () => {
    const [{ feed, eventLog, listen }] = await two();
    const { seen } = await listen(null);
    const before = newEvent();
    await eventLog.append([before]);
    const secret = newEvent({ type: 'qr', data: { qr: 'a secret' } });
    feed.publish(secret);
    await seen.waitFor(({ id }) => id === secret.id);
    expect(idsOf(seen.all)).toEqual([before.id, secret.id]);
    expect(await eventLog.seqOf(secret.id)).toBeNull();
    const later = await listen(before.id);
    const after = newEvent();
    await eventLog.append([after]);
    await later.seen.waitFor(({ id }) => id === after.id);
    expect(idsOf(later.seen.all)).toEqual([after.id]);
  });

  it('begins with the oldest that is kept for a reader that was away too long', async () => {
    const database = await open();
    const { clock, eventLog, listen } = feedOn(database);
    const ago = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
    const old = newEvents(1_500, { at: ago(8) });
    const young = newEvents(3, { at: ago(6) });
    await eventLog.append([...old, ...young]);
    const repository = createEventLogRepository({ database });
    const done = Promise.withResolvers<void>();
    const events = {
      async removeOldest(limits: RemovalLimits) {
        const count = await repository.removeOldest(limits);
        if (count === 0) done.resolve();
        return count;
      },
    };
    const purge = startEventLogPurge({ events, days: 7, clock, log });
    clock.advance(600_000);
    await done.promise;
    await purge.stop();
    const reader = await listen(old[0]?.id ?? '');
    expect(reader.isResync).toBe(true);
    await reader.seen.waitFor(({ id }) => id === young[2]?.id);
    expect(idsOf(reader.seen.all)).toEqual(idsOf(young));
    expect(await eventLog.last()).toBe(1_503);
  });

  it('keeps for a month what a webhook has not come to', async () => {
    const database = await open();
    const { clock, eventLog } = feedOn(database);
    const events = createEventLogRepository({ database });
    const ago = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
    const ages = [31, 20, 10, 1].map((days) => newEvent({ at: ago(days) }));
    await eventLog.append(ages);
    const now = clock.now();
    const cursors = (status: string, cursor: number) => ({
      text: `insert into webhook_endpoint (id, url, events, secret_sealed, status, cursor_seq, created_at, updated_at)
        values (?, 'https://example.com', '[]', 'sealed', ?, ?, ?, ?)`,
      params: [`${status}-${cursor}`, status, cursor, now, now],
    });
    await database.run(cursors('disabled', 0));
    await database.run(cursors('enabled', 2));
    const limits = { before: ago(7), evenUnreadBefore: ago(30), batch: 100 };
    expect(await events.removeOldest(limits)).toBe(2);
    expect(await events.removeOldest(limits)).toBe(0);
    await database.run({
      text: "update webhook_endpoint set cursor_seq = 0 where status = 'enabled'",
      params: [],
    });
    expect(await events.removeOldest({ ...limits, evenUnreadBefore: ago(9) })).toBe(1);
    expect(idsOf(await eventLog.after(0, 10))).toEqual([ages[3]?.id]);
  });
});
