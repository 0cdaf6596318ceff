import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { startWebhookPurge } from '../../src/webhooks/webhook-purge.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { ANA, BUDI, newEvent, newEvents } from '../support/event-log.ts';
import { createLogRecorder } from '../support/http.ts';
import { createWebhookWorld, NO_ATTEMPTS, SECRET } from '../support/webhooks.ts';

const DAY_MS = 24 * 60 * 60_000;
const refuse = { streamOutside: () => Promise.reject(new Error('nothing is posted here')) };

describeOnEachDatabase('the rows of webhooks', (open) => {
  const rowsOnly = (database: Database) =>
    createWebhookWorld({ database, limits: NO_ATTEMPTS, egress: refuse });
  const world = async () => rowsOnly(await open());

  /** Two processes on one database. */
  async function twoWorlds() {
    const url = await open.freshUrl();
    const { migrate } = await import('../../src/database/migrate.ts');
    const first = await open(url);
    await migrate(first, { log: createLogRecorder().log });
    return [rowsOnly(first), rowsOnly(await open(url))] as const;
  }

  it('each event is a delivery of each endpoint once, though two workers race and one dies in between', async () => {
    const [first, second] = await twoWorlds();
    const endpoints = await Promise.all(Array.from({ length: 5 }, () => first.add()));
    const log = Array.from({ length: 30 }, () => newEvents(20));
    const dead = { ...first.deliveries, fanOut: () => Promise.reject(new Error('killed')) };
    const victim = createWebhookWorldWith(first, dead);

    for (const events of log) {
      const appended = first.events.append(events);
      await Promise.all([appended, first.fanOut.look(), second.fanOut.look(), victim().catch(() => null)]);
    }
    await Promise.all([first.fanOut.look(), second.fanOut.look()]);

    const expected = log.flat().map(({ id }) => id);
    for (const endpoint of endpoints) {
      const made = await first.of(endpoint);
      expect(made.map(({ eventId }) => eventId).sort()).toEqual([...expected].sort());
      expect((await first.endpoints.find(endpoint))?.cursorSeq).toBe(await first.events.last());
    }
  });

  it('a cursor that moved meanwhile, or an endpoint that was disabled, makes nothing', async () => {
    const { add, verdicts, deliveries, of } = await world();
    const id = await add();
    const one = {
      id: id.replace(/.$/, 'A'),
      endpointId: id,
      eventSeq: 1,
      eventId: id,
      eventType: 'job',
      deviceId: ANA,
    };
    const other = await add();
    const fanOut = { endpointIds: [id, other], fromSeq: 0, toSeq: 1, claimed: [], waiting: [one] };
    expect(await deliveries.fanOut({ ...fanOut, fromSeq: 7 })).toBe(false);
    await verdicts.disable(id, 'by_request');
    expect(await deliveries.fanOut(fanOut)).toBe(false);
    expect(await of(id)).toEqual([]);
  });

  it('an endpoint gets the types and devices it asked for, and an enabled one begins now', async () => {
    const { add, endpoints, verdicts, events, fanOut, of } = await world();
    const id = await add({ events: ['status'], deviceIds: [BUDI] });
    const wanted = newEvent({ type: 'status', deviceId: BUDI });
    await events.append([newEvent({ type: 'status', deviceId: ANA }), newEvent({ deviceId: BUDI }), wanted]);
    await fanOut.look();
    await verdicts.disable(id, 'by_request');
    await events.append([newEvent({ type: 'status', deviceId: BUDI })]);
    await fanOut.look();
    await endpoints.enable(id, await events.last());
    await fanOut.look();
    expect((await of(id)).map(({ eventId }) => eventId)).toEqual([wanted.id]);
    expect(await endpoints.enable(id, 0)).toBe(false);
  });

  it('a delivery is claimed by one of two processes, and again when its claim ran out', async () => {
    const [first, second] = await twoWorlds();
    const id = await first.add();
    await first.events.append(newEvents(20));
    await first.fanOut.look();

    const [some, others] = await Promise.all([
      first.deliveries.claimDue(id, 20),
      second.deliveries.claimDue(id, 20),
    ]);
    const claimed = [...some, ...others].map((each) => each.id);
    expect(new Set(claimed).size).toBe(claimed.length);
    const left = await second.deliveries.claimDue(id, 20);
    expect(claimed.length + left.length).toBe(20);
    expect(await second.deliveries.claimDue(id, 20)).toEqual([]);
    expect(await second.deliveries.due()).toEqual([]);

    await first.passTime(id);
    expect(await second.deliveries.due()).toEqual([id]);
    const [renewed, ...rest] = [...some, ...others, ...left];
    if (!renewed) throw new Error('nothing was claimed');
    await first.deliveries.renew(renewed);
    const again = await second.deliveries.claimDue(id, 20);
    expect(again.map((each) => each.id).sort()).toEqual(rest.map((each) => each.id).sort());
    expect(again.every(({ attempts }) => attempts === 2)).toBe(true);
    await first.passTime(id);
    await first.deliveries.renew({ ...renewed, attempts: 7 });
    expect(await second.deliveries.claimDue(id, 20)).toHaveLength(20);
  });

  it('who lost its claim settles nothing, and what happened is told all the same', async () => {
    const { add, events, fanOut, deliveries, list, of, passTime, ids } = await world();
    const id = await add();
    await events.append(newEvents(1));
    await fanOut.look();
    const [mine] = await deliveries.claimDue(id, 1);
    await passTime(id);
    const [theirs] = await deliveries.claimDue(id, 1);
    if (!mine || !theirs) throw new Error('nothing was claimed');
    const settle = (delivery: typeof mine, statusCode: number) =>
      deliveries.settle([
        {
          delivery,
          outcome: { kind: 'delivered', statusCode },
          attempt: {
            deliveryId: delivery.id,
            number: delivery.attempts,
            startedAt: new Date(),
            durationMs: 5,
            statusCode,
            error: null,
            response: null,
          },
          attemptId: ids.next(),
          waitMs: null,
        },
      ]);

    expect(await settle(mine, 200)).toEqual([false]);
    expect(await of(id)).toMatchObject([{ status: 'sending', attempts: 2 }]);
    expect(await settle(theirs, 202)).toEqual([true]);
    expect(await of(id)).toMatchObject([{ status: 'delivered', lastStatusCode: 202, nextAttemptAt: null }]);
    expect((await list.attemptsOf([mine.id])).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('secrets are sealed, and a rotated one opens as the previous one', async () => {
    const database = await open();
    const { add, endpoints } = rowsOnly(database);
    const id = await add();
    const found = await endpoints.find(id);
    expect(found).toMatchObject({ secret: SECRET, previousSecret: null });
    if (!found) throw new Error('no endpoint');
    await endpoints.rotate(found, { secret: 'whsec_another', keepMs: DAY_MS });
    const rotated = await endpoints.find(id);
    expect(rotated).toMatchObject({ secret: 'whsec_another', previousSecret: { secret: SECRET } });
    const aheadMs = (rotated?.previousSecret?.until.getTime() ?? 0) - (await database.now()).getTime();
    expect(Math.round(aheadMs / 60_000)).toBe(DAY_MS / 60_000);
    await endpoints.reseal();
    expect(await endpoints.find(id)).toMatchObject({
      secret: 'whsec_another',
      previousSecret: { secret: SECRET },
    });
    const rows = await database.query({ text: 'select * from webhook_endpoint', params: [] });
    expect(JSON.stringify(rows)).not.toContain(SECRET.slice(6));
  });

  it('an endpoint that fails is disabled after five days, and one that works between is not', async () => {
    const database = await open();
    const { add, endpoints, verdicts } = rowsOnly(database);
    const id = await add();
    const failSince = async (agoMs: number) => {
      await verdicts.noteFailed(id);
      const since = new Date((await database.now()).getTime() - agoMs);
      const text = 'update webhook_endpoint set failing_since = ? where id = ?';
      await database.run({ text, params: [since, id] });
    };
    await failSince(5 * DAY_MS + 1_000);
    expect(await verdicts.noteTaken(id)).toBe(true);
    expect(await verdicts.disableIfFailing(id, 5 * DAY_MS)).toBe(false);
    await failSince(5 * DAY_MS - 60_000);
    expect(await verdicts.disableIfFailing(id, 5 * DAY_MS)).toBe(false);
    await failSince(5 * DAY_MS + 1_000);
    expect(await verdicts.disableIfFailing(id, 5 * DAY_MS)).toBe(true);
    expect(await verdicts.disableIfFailing(id, 5 * DAY_MS)).toBe(false);
    expect(await endpoints.find(id)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
  });

  it('lists come in pages, by status as without', async () => {
    const { add, events, fanOut, deliveries, list, ids } = await world();
    const id = await add();
    await events.append(newEvents(7));
    await fanOut.look();
    for (const delivery of await deliveries.claimDue(id, 4)) {
      const outcome = {
        kind: 'failed',
        error: 'status',
        statusCode: 500,
        retryAfterMs: null,
        response: '',
      } as const;
      const attempt = { deliveryId: delivery.id, number: 1, startedAt: new Date(), durationMs: 1 };
      const end = { statusCode: 500, error: 'status', response: 'no' };
      await deliveries.settle([
        { delivery, outcome, attempt: { ...attempt, ...end }, attemptId: ids.next(), waitMs: null },
      ]);
    }
    const page = { endpointId: id, order: 'desc', limit: 3, offset: 0 } as const;
    expect(await list.count({ endpointId: id })).toBe(7);
    expect(await list.count({ endpointId: id, status: 'failed' })).toBe(4);
    const failed = await list.list({ ...page, status: 'failed' });
    const rest = await list.list({ ...page, status: 'failed', after: failed.at(-1)?.id });
    expect([failed.length, rest.length]).toEqual([3, 1]);
    expect(await list.list({ ...page, limit: 10, status: 'pending' })).toHaveLength(3);
    const all = await list.list({ ...page, limit: 10 });
    expect(all.map((each) => each.id)).toEqual(
      all
        .map((each) => each.id)
        .sort()
        .reverse(),
    );

    expect(await list.redeliverFailed(id, { since: new Date(Date.now() + DAY_MS), limit: 10 })).toBe(0);
    expect(await list.redeliverFailed(id, { since: new Date(0), limit: 3 })).toBe(3);
    expect(await list.count({ endpointId: id, status: 'pending' })).toBe(6);
    expect(await deliveries.claimDue(id, 10)).toHaveLength(6);
  });

  it('what is 30 days old is forgotten with its attempts, and what belongs to a removed endpoint', async () => {
    const { add, endpoints, events, fanOut, of, list } = await world();
    const [kept, removed] = [await add(), await add()];
    await events.append(newEvents(600));
    await fanOut.look();
    await endpoints.remove(removed);
    const { log, lines } = createLogRecorder();
    const clock = createManualClock(new Date());
    const purge = startWebhookPurge({ list, clock, log });
    clock.advance(60 * 60_000);
    await purge.stop();
    expect(await of(kept)).toHaveLength(600);
    // A stop ends it after the batch under way; whatever is left goes the next time.
    expect((await of(removed)).length).toBeLessThan(600);
    const later = createManualClock(new Date(Date.now() + 31 * DAY_MS));
    const secondPurge = startWebhookPurge({ list, clock: later, log });
    later.advance(60 * 60_000);
    await secondPurge.stop();
    expect((await of(kept)).length).toBeLessThan(600);
    expect(lines).toEqual([]);
  });
});

/** The first process once more, with a door to its rows that fails: the process was killed before it could write. */
function createWebhookWorldWith(
  world: ReturnType<typeof createWebhookWorld>,
  deliveries: Pick<ReturnType<typeof createWebhookWorld>['deliveries'], 'fanOut'>,
) {
  return async () => {
    const { createWebhookFanOut } = await import('../../src/webhooks/webhook-fan-out.ts');
    await createWebhookFanOut({ ...world, deliveries }).look();
  };
}
