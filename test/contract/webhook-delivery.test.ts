import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { systemRandom } from '../../src/shared/random.ts';
import { newWebhookSecret } from '../../src/shared/standard-webhooks.ts';
import { describeOnSqlite } from '../support/databases.ts';
import { newEvent, newEvents } from '../support/event-log.ts';
import { stageWebhooks as stage } from '../support/webhook-stage.ts';
import { createWebhookWorld, SECRET, startHook, stopAfterTest } from '../support/webhooks.ts';

const HOUR_MS = 3_600_000;

describeOnSqlite('a delivery', (open) => {
  it('is what Standard Webhooks asks for, and their package verifies it', async () => {
    const { add, events, fanOut, attempted, of } = await stage(open);
    const hook = await startHook();
    const event = newEvent({ data: { messageId: '3EB0', status: 'read', note: 'Zoë 😀' } });
    const id = await add({ url: hook.url });
    await events.append([event]);
    await fanOut.look();
    await attempted(1);

    const [posted] = hook.posted.all;
    expect(posted).toMatchObject({
      id: event.id,
      isGenuine: true,
      body: {
        id: event.id,
        type: 'message_status',
        timestamp: event.at.toISOString(),
        deviceId: event.deviceId,
        data: event.data,
      },
      headers: { 'content-type': 'application/json', 'user-agent': 'wafleet/test' },
    });
    const signed = `${event.id}.${posted?.headers['webhook-timestamp']}.${posted?.text}`;
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const byHand = createHmac('sha256', key).update(signed).digest('base64');
    expect(posted?.headers['webhook-signature']).toBe(`v1,${byHand}`);
    expect(await of(id)).toMatchObject([{ status: 'delivered', attempts: 1, lastStatusCode: 204 }]);
  });

  it('is signed with both secrets during a rotation, and with the new one alone a day later', async () => {
    const { add, endpoints, events, fanOut, attempted, clock } = await stage(open);
    const [oldSide, newSecret] = [await startHook(), newWebhookSecret(systemRandom)];
    const id = await add({ url: oldSide.url });
    const before = await endpoints.find(id);
    if (!before) throw new Error('no endpoint');
    await endpoints.rotate(before, { secret: newSecret, keepMs: 24 * HOUR_MS });
    await events.append(newEvents(1));
    await fanOut.look();
    await attempted(1);
    clock.advance(25 * HOUR_MS);
    await events.append(newEvents(1));
    await fanOut.look();
    await attempted(2);
    const signatures = oldSide.posted.all.map(
      ({ headers }) => headers['webhook-signature']?.split(' ').length,
    );
    expect(oldSide.posted.all.map(({ isGenuine }) => isGenuine)).toEqual([true, false]);
    expect(signatures).toEqual([2, 1]);
  });

  it('that failed comes again under the same id until it is taken', async () => {
    const { add, events, fanOut, lanes, attempted, of, list, passTime, endpoints, rings } = await stage(open);
    const answers = [500, 429, 200];
    const hook = await startHook({
      answer: (response) =>
        void response.writeHead(answers.shift() ?? 200, { 'retry-after': '7200' }).end('later'),
    });
    const id = await add({ url: hook.url });
    await events.append(newEvents(1));
    await fanOut.look();
    await attempted(1);
    const [first] = await of(id);
    expect(first).toMatchObject({ status: 'pending', attempts: 1, lastStatusCode: 500, lastError: 'status' });
    expect((await endpoints.find(id))?.failingSince).not.toBeNull();
    await rings.waitFor((ring) => ring.id === id);
    const waitMs = (first?.nextAttemptAt?.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(1.9 * HOUR_MS);
    expect(waitMs).toBeLessThan(2.5 * HOUR_MS);

    for (const count of [2, 3]) {
      await passTime(id);
      await lanes.look(id);
      await attempted(count);
    }
    expect(await of(id)).toMatchObject([{ status: 'delivered', attempts: 3 }]);
    expect(new Set(hook.posted.all.map((posted) => posted.id)).size).toBe(1);
    const attempts = await list.attemptsOf([first?.id ?? '']);
    expect(attempts).toMatchObject([
      { number: 1, statusCode: 500, error: 'status', response: 'later' },
      { number: 2, statusCode: 429, error: 'status' },
      { number: 3, statusCode: 200, error: null, response: null },
    ]);
  });

  it('to a receiver that answers 410 is the last one: the endpoint is disabled', async () => {
    const hook = await startHook({ answer: (response) => void response.writeHead(410).end() });
    const { deliver, told, rings } = await stage(open);
    const { delivery, endpoint } = await deliver(hook.url);
    expect(delivery).toMatchObject({ status: 'failed', lastError: 'gone', nextAttemptAt: null });
    expect(endpoint).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    expect(told.all.map(({ type }) => type)).toEqual(['disabled', 'attempted']);
    expect(rings.all).toEqual([]);
  });

  it('never keeps what a receiver answers to a message, which may be the message', async () => {
    const { add, events, fanOut, attempted, of, list } = await stage(open);
    const hook = await startHook({ answer: (response, { text }) => void response.writeHead(500).end(text) });
    const id = await add({ url: hook.url });
    await events.append([newEvent({ type: 'message', data: { message: { text: 'a private word' } } })]);
    await fanOut.look();
    await attempted(1);
    const deliveries = await of(id);
    const attempts = await list.attemptsOf(deliveries.map((delivery) => delivery.id));
    expect(hook.posted.all[0]?.text).toContain('a private word');
    expect(JSON.stringify([deliveries, attempts])).not.toContain('private');
    expect(attempts).toMatchObject([{ statusCode: 500, response: null }]);
  });

  it('of an event that is not kept any more fails', async () => {
    const database = await open();
    const world = createWebhookWorld({ database, limits: { perEndpoint: 0, overall: 0, own: 0 } });
    const id = await world.add();
    await world.events.append(newEvents(1));
    await world.fanOut.look();
    await database.run({ text: 'delete from event_log', params: [] });
    const worker = createWebhookWorld({ database });
    stopAfterTest(worker);
    await worker.lanes.look(id);
    await worker.told.waitFor(({ type }) => type === 'attempted');
    expect(await world.of(id)).toMatchObject([{ status: 'failed', lastError: 'event_expired' }]);
    expect((await world.endpoints.find(id))?.failingSince).toBeNull();
  });
});
