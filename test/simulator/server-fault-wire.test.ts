import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Fault, FaultAction } from '../../src/simulator/faults/fault.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import type { Companion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';
import { ANA, ANAS_DEVICE, BUDI, hangUp, next, pair, textOf } from './server-parties.ts';

const TARGET = { phoneNumber: ANA, device: 1 };
const CHAT = `${BUDI}@s.whatsapp.net`;

let clock: ManualClock;
let simulator: TestSimulator;
let companion: Companion;

const arm = (action: FaultAction) =>
  simulator.faults.add({ ...action, target: TARGET, times: 1 } satisfies Fault);
const send = async (text: string) => (await companion.socket().sendMessage(CHAT, { text }))?.key.id ?? '';
const nextAck = () => once(companion.socket().ws, 'CB:ack,class:message');
const arrived = (text: string) => waitForMessage(simulator.phone(BUDI), (message) => message.text === text);
const textsAtBudi = () =>
  simulator
    .phone(BUDI)
    .messages()
    .map(({ text }) => text);
const closeCode = () => companion.closes.waitFor((code) => code !== 515);
const acks = (id: string) => simulator.history.of('ack').filter((ack) => ack.id === id);

beforeEach(async () => {
  clock = createManualClock(new Date());
  simulator = await startTestSimulator({ clock });
  companion = await pair(simulator, ANA);
  simulator.phone(BUDI);
  const acked = nextAck();
  await send('first');
  await acked;
});
afterEach(async () => {
  await companion.stop();
  await simulator.close();
});

describe('a message meets', () => {
  it('cut-before-ack: it is delivered, and the sender cannot know', async () => {
    arm({ kind: 'cut-before-ack' });
    const id = await send('cut before');
    expect(await closeCode()).toBe(428);
    await arrived('cut before');
    expect(acks(id)).toEqual([]);
  });

  it('cut-after-ack: the ack arrives, then the connection is gone', async () => {
    arm({ kind: 'cut-after-ack' });
    const acked = nextAck();
    const id = await send('cut after');
    expect(await acked).toMatchObject([{ attrs: { id } }]);
    expect(await closeCode()).toBe(428);
  });

  it('delay-ack: the ack waits for the clock', async () => {
    arm({ kind: 'delay-ack', delayMs: 5000 });
    const id = await send('late');
    await arrived('late');
    expect(acks(id)).toEqual([]);
    clock.advance(5000);
    expect(acks(id)).toHaveLength(1);
  });

  it('nack: it is refused and goes nowhere', async () => {
    arm({ kind: 'nack', code: '463' });
    const acked = nextAck();
    const id = await send('refused');
    expect(await acked).toMatchObject([{ attrs: { id, error: '463' } }]);
    expect(acks(id)).toMatchObject([{ error: '463' }]);
    await send('taken');
    await arrived('taken');
    expect(textsAtBudi()).not.toContain('refused');
  });

  it('no-ack: it is delivered and never acknowledged', async () => {
    arm({ kind: 'no-ack' });
    const id = await send('unacknowledged');
    await arrived('unacknowledged');
    const after = await send('after');
    await next(simulator, 'ack', (ack) => ack.id === after);
    expect(acks(id)).toEqual([]);
  });

  it('swallow: it is neither delivered nor acknowledged, but was seen', async () => {
    arm({ kind: 'swallow' });
    const id = await send('swallowed');
    const after = await send('after');
    await next(simulator, 'ack', (ack) => ack.id === after);
    await arrived('after');
    expect(acks(id)).toEqual([]);
    expect(textsAtBudi()).not.toContain('swallowed');
    expect(simulator.history.of('message').filter((message) => message.id === id)).toHaveLength(1);
  });

  it.each([
    [{ kind: 'stream-error', at: 'message', code: '503' }, 503],
    [{ kind: 'stream-error', at: 'message' }, 500],
    [{ kind: 'conflict-replaced', at: 'message' }, 440],
    [{ kind: 'drop-tcp', at: 'message' }, 428],
  ] as const)('%o: the client sees %i, the message goes nowhere', async (action, code) => {
    arm(action);
    await send('lost');
    expect(await closeCode()).toBe(code);
    expect(textsAtBudi()).not.toContain('lost');
  });

  it('silence: nothing is answered any more, the socket stays open', async () => {
    arm({ kind: 'silence', at: 'message' });
    const id = await send('into the void');
    await next(simulator, 'fault', ({ action }) => action === 'silence');
    expect(await companion.socket().waitForMessage(id, 100)).toBeUndefined();
    expect(companion.socket().ws.isOpen).toBe(true);
    expect(companion.closes.all).toEqual([515]);
  });
});

describe('a login meets', () => {
  it.each([
    [{ kind: 'login-failure', reason: '403' }, 403],
    [{ kind: 'login-failure', reason: '402', attributes: { code: '402', expire: '3600' } }, 402],
    [{ kind: 'login-failure', reason: '503', attributes: { location: 'vll' } }, 503],
    [{ kind: 'stream-error', at: 'login', code: '515' }, 515],
    [{ kind: 'conflict-replaced', at: 'login' }, 440],
    [{ kind: 'drop-tcp', at: 'login' }, 428],
  ] as const)('%o: the client sees %i, and gets in at the next try', async (action, code) => {
    await hangUp(simulator, companion);
    arm(action);
    const seen = companion.closes.all.length;
    companion.connect();
    expect(await companion.closes.waitFor(() => true, seen)).toBe(code);
    if (code !== 515) companion.connect();
    await companion.opened(2);
  });

  it('silence: the client hears nothing', async () => {
    await hangUp(simulator, companion);
    arm({ kind: 'silence', at: 'login' });
    companion.connect();
    await next(simulator, 'fault', ({ action }) => action === 'silence');
    expect(simulator.history.of('login')).toHaveLength(1);
  });
});

describe('an upgrade meets', () => {
  it.each([403, 404, 429, 503])('status %i, once', async (status) => {
    await hangUp(simulator, companion);
    simulator.faults.add({ kind: 'http-status', status, times: 1 });
    companion.connect();
    // Baileys takes this event from ws and does nothing with it: its socket neither opens nor closes.
    const refused = once(companion.socket().ws, 'unexpected-response');
    const [, response] = await refused;
    expect(response).toMatchObject({ statusCode: status });
    expect(await next(simulator, 'upgrade-refused')).toMatchObject({ status });
    companion.connect();
    await companion.opened(2);
  });

  it('a wish when to come back', async () => {
    simulator.faults.add({ kind: 'http-status', status: 429, retryAfterSeconds: 17, times: 1 });
    const socket = new WebSocket(simulator.url);
    const [, response] = await once(socket, 'unexpected-response');
    expect(response).toMatchObject({ statusCode: 429, headers: { 'retry-after': '17' } });
  });
});

describe('a delivery meets', () => {
  const budiSends = (text: string) => simulator.phone(BUDI).sendText(ANA, text);
  const sentToAna = (id: string) =>
    simulator.history.of('delivery').filter((record) => record.device === ANAS_DEVICE && record.id === id);

  it('duplicate-delivery: the message is sent twice under one id', async () => {
    arm({ kind: 'duplicate-delivery' });
    const { id } = await budiSends('twice');
    expect(sentToAna(id)).toHaveLength(2);
    await companion.messages.waitFor((message) => textOf(message) === 'twice');
    await budiSends('after');
    await companion.messages.waitFor((message) => textOf(message) === 'after');
    const copies = companion.messages.all.filter((message) => textOf(message) === 'twice');
    expect(new Set(copies.map(({ key }) => key.id))).toEqual(new Set([id]));
  });

  it('reorder-delivery: the message comes after the next one', async () => {
    arm({ kind: 'reorder-delivery' });
    const held = await budiSends('one');
    expect(sentToAna(held.id)).toEqual([]);
    await budiSends('two');
    await companion.messages.waitFor((message) => textOf(message) === 'one');
    const texts = companion.messages.all.map(textOf).filter((text) => text === 'one' || text === 'two');
    expect(texts).toEqual(['two', 'one']);
  });

  it('corrupt-ciphertext: the device asks the sending device again and reads the resend', async () => {
    arm({ kind: 'corrupt-ciphertext' });
    const { id } = await budiSends('damaged');
    await companion.messages.waitFor((message) => textOf(message) === 'damaged');
    const retry = await next(simulator, 'receipt', ({ type }) => type === 'retry');
    expect(retry).toMatchObject({ ids: [id], from: ANAS_DEVICE });
    const forwarded = simulator.history.of('delivery').filter(({ type }) => type === 'retry');
    expect(forwarded.map(({ device }) => device)).toEqual([`${BUDI}@s.whatsapp.net`]);
  });

  it('delay-offline: what waited comes late, and what comes meanwhile waits too', async () => {
    await hangUp(simulator, companion);
    const { id } = await budiSends('while away');
    arm({ kind: 'delay-offline', delayMs: 5_000 });
    companion.connect();
    await companion.opened(2);
    const { id: later } = await budiSends('meanwhile');
    expect([...sentToAna(id), ...sentToAna(later)]).toEqual([]);
    const caughtUp = once(companion.socket().ws, 'CB:ib,,offline');
    clock.advance(5_000);
    await caughtUp;
    expect(sentToAna(id)).toMatchObject([{ offline: true }]);
    await companion.messages.waitFor((message) => textOf(message) === 'meanwhile');
  });
});
