import { afterEach, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
import { type Chaos, pause, startChaos } from '../support/outbox-chaos.ts';
import { CHAOS, describeOnServicesFirst } from '../support/outbox-chaos-plan.ts';
import { startRawReceiver } from '../support/receiver.ts';
import { type FallingHook, type Posted, SECRET, startFallingHook, textsOf } from '../support/webhooks.ts';

const MESSAGES = 300;
const SENDERS = 4;
const DOWN_MS = 2_000;
const EVENTS = CHAOS.items(CHAOS.isLong ? 10_000 : 60);
const GOOD = 20;
const KILLS = CHAOS.isLong ? 5 : 2;
const ENVIRONMENT = { EGRESS_ALLOW: '127.0.0.1' };

let chaos: Chaos;
afterEach(() => chaos.close());

describeOnServicesFirst('webhooks', (storage) => {
  it('A webhook receiver that is down for two seconds while the server is killed still gets all of 300 messages, each under one id', {
    timeout: 120_000,
  }, async () => {
    chaos = await startChaos({ storage, devices: 1, recipients: SENDERS, environment: ENVIRONMENT });
    const hook = await startFallingHook();
    await subscribe(hook.url);

    const sending = sendTexts(MESSAGES);
    await receivedAtLeast(hook, MESSAGES / 4, sending);
    await hook.down();
    await chaos.host.end('SIGKILL');
    await Promise.all([chaos.host.start(), pause(DOWN_MS).then(() => hook.up())]);
    await receivedAtLeast(hook, MESSAGES / 2, sending);
    await chaos.host.end('SIGKILL');
    await chaos.host.start();
    const texts = await sending;
    await receivedAtLeast(hook, MESSAGES);

    expectEachOnce(hook.posted.all, texts);
  });

  it('G16: one receiver that hangs and twenty good ones: through kills of the worker each good one gets every event under one id', {
    timeout: CHAOS.isLong ? 5_400_000 : 300_000,
  }, async () => {
    const roles = storage === 'SQLite' ? ['all'] : ['devices', 'worker'];
    chaos = await startChaos({ storage, devices: 1, recipients: SENDERS, environment: ENVIRONMENT, roles });
    const worker = chaos.hosts.at(-1);
    const bad = await startRawReceiver((socket) => socket.resume());
    const hooks = await Promise.all(Array.from({ length: GOOD }, () => startFallingHook()));
    await subscribe(`http://127.0.0.1:${bad.port}/`);
    for (const { url } of hooks) await subscribe(url);

    const sending = sendTexts(EVENTS);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await Promise.all(hooks.map((hook) => receivedAtLeast(hook, (EVENTS * kill) / (KILLS + 1), sending)));
      await worker?.end('SIGKILL');
      await worker?.start();
    }
    const texts = await sending;
    await Promise.all(hooks.map((hook) => receivedAtLeast(hook, EVENTS)));

    for (const hook of hooks) expectEachOnce(hook.posted.all, texts);
    expect(bad.connections()).toBeGreaterThan(0);
    const lag = lagsOf(hooks);
    process.stdout.write(
      `${storage}: ${KILLS} kills, ${lag.count} first deliveries, ${JSON.stringify(lag)}\n`,
    );
  });
});

async function subscribe(url: string): Promise<void> {
  expectOk(await chaos.host.api.post('webhooks', { url, events: ['message'], secret: SECRET }));
}

/** Texts to the device from several people at once; resolves with them when all were sent. */
async function sendTexts(count: number): Promise<string[]> {
  const { simulator, devices, recipients } = chaos;
  const to = devices[0]?.phoneNumber ?? '';
  const texts = Array.from({ length: count }, (_, index) => `text ${index}`);
  const lanes = recipients.map(async (recipient, lane) => {
    const phone = simulator.phone(recipient);
    for (const text of texts.filter((_, index) => index % recipients.length === lane)) {
      await phone.sendText(to, text);
      await pause(5);
    }
  });
  await Promise.all(lanes);
  return texts;
}

/** Rejects when what goes on beside it fails. */
async function receivedAtLeast(hook: FallingHook, count: number, beside = Promise.resolve<unknown>(null)) {
  const { posted } = hook;
  const seen = new Set(textsOf(posted.all).keys());
  const isEnough = (one: Posted) => {
    for (const text of textsOf([one]).keys()) seen.add(text);
    return seen.size >= count;
  };
  if (seen.size >= count) return;
  const arrived = posted.waitFor(isEnough, posted.all.length);
  await Promise.race([arrived, beside.then(() => arrived)]);
}

/** At least once each, never under two ids, and nothing else; signed all of them. */
function expectEachOnce(posted: readonly Posted[], texts: readonly string[]): void {
  const ids = textsOf(posted);
  expect([...ids.keys()].toSorted()).toEqual(texts.toSorted());
  expect([...ids].filter(([, under]) => under.size !== 1)).toEqual([]);
  expect(new Set([...ids.values()].flatMap((under) => [...under])).size).toBe(texts.length);
  expect(posted.filter(({ isGenuine }) => !isGenuine)).toEqual([]);
}

/** From event to receipt, in ms; kills and their leases are in it. */
function lagsOf(hooks: readonly FallingHook[]) {
  const lags = hooks
    .flatMap(({ posted }) => posted.all)
    .map(({ at, body }) => at - Date.parse(String(body.timestamp)))
    .toSorted((a, b) => a - b);
  const at = (share: number) => lags[Math.min(lags.length - 1, Math.floor(share * lags.length))];
  return { count: lags.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
