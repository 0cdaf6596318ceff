import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../src/devices/device-state.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import { parseRecipient } from '../../src/whatsapp/recipient.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import { type DeviceLab, startDeviceLab } from '../support/device-lab.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const ID = '3EB0000000000000000001' as WaMessageId;
const WITHIN_MS = 180_000;
const STEP_MS = 15_000;

interface Stage {
  readonly lab: DeviceLab;
  /** The time of the watchdog and of the next attempt; sockets and the server have the real one. */
  readonly clock: ManualClock;
  readonly deviceId: DeviceId;
}

async function connected(options: { watchdog?: 'off' } = {}): Promise<Stage> {
  const clock = createManualClock();
  const lab = await startDeviceLab({ deviceClock: clock, ...options });
  const deviceId = await lab.addDevice('ana-device');
  await lab.manager.start(deviceId);
  await lab.simulator.phone(ANA, 'Ana').scanQr(await lab.nextQr(deviceId));
  await state({ lab }, (each) => each.status === 'connecting' && each.cause !== null);
  clock.advance(1_000);
  await lab.reaches(deviceId, 'connected');
  return { lab, clock, deviceId };
}

async function state({ lab }: Pick<Stage, 'lab'>, passes: (state: DeviceState) => boolean, from = 0) {
  const event = await lab.events.waitFor((each) => each.type === 'state-changed' && passes(each.state), from);
  if (event.type !== 'state-changed') throw new Error('not a change of state');
  return event.state;
}

const SILENCES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'that swallows every ack': async ({ lab, deviceId }) => {
    lab.simulator.phone(BUDI, 'Budi');
    lab.simulator.faults.add({ kind: 'no-ack', times: 1 });
    const message = { waMessageId: ID, to: parseRecipient(BUDI, 'ID') };
    await lab.manager.socketOf(deviceId).send({ ...message, content: { kind: 'text', text: 'hello' } });
  },
  'that says nothing any more': async ({ lab }) => {
    lab.simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'silence' });
  },
};

describe.each(Object.entries(SILENCES))('G26: an open socket %s', (_, fallSilent) => {
  it('is replaced within three minutes, and that is a failure', async () => {
    const stage = await connected();
    const { lab, clock, deviceId } = stage;
    const from = lab.events.all.length;
    const begun = clock.monotonic();
    await fallSilent(stage);
    for (let step = 0; step < 6; step += 1) clock.advance(STEP_MS);
    const lost = await state(stage, ({ status }) => status === 'reconnecting', from);
    expect(lost).toMatchObject({ cause: { code: 'deaf_socket' } });
    const retryAt = 'cause' in lost ? lost.cause?.retryAt : null;
    clock.advance((retryAt?.getTime() ?? 0) - clock.now().getTime() + 1_000);
    await state(stage, ({ status }) => status === 'connected', from);
    expect(clock.monotonic() - begun).toBeLessThanOrEqual(WITHIN_MS);
    expect(await lab.manager.socketOf(deviceId).probe(5_000)).toBe(true);
  });

  it('stays as it is without the watchdog', async () => {
    const stage = await connected({ watchdog: 'off' });
    const { lab, clock, deviceId } = stage;
    await fallSilent(stage);
    for (let passed = 0; passed < 2 * WITHIN_MS; passed += STEP_MS) clock.advance(STEP_MS);
    await lab.simulator.phone(BUDI, 'Budi').sendText(ANA, 'still there?');
    expect(lab.manager.stateOf(deviceId)?.status).toBe('connected');
  });
});
