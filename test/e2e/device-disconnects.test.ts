import { describe, expect, it } from 'vitest';
import type { DeviceCause } from '../../src/devices/device.ts';
import type { DeviceState } from '../../src/devices/device-state.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import type { FaultAction } from '../../src/simulator/faults/fault.ts';
import type { Ending } from '../../src/simulator/server/endings.ts';
import { type DeviceLab, startDeviceLab } from '../support/device-lab.ts';

const ANA = '6281200000001';
const MINUTE = 60_000;

interface Expected {
  readonly status: DeviceState['status'];
  readonly cause: string;
  readonly source: DeviceCause['source'];
  /** The next attempt is at least this far away, ms; null: none is planned. */
  readonly retryInMs: number | null;
}

/** How the server ends a session that works. */
const ENDINGS: [ending: Ending, expected: Expected][] = [
  [{ kind: 'conflict', type: 'device_removed' }, rests('logged_out', 'logged_out', 'stream')],
  [{ kind: 'stream-error', code: '401' }, rests('logged_out', 'logged_out', 'stream')],
  [{ kind: 'conflict', type: 'replaced' }, retries('conflict', 'stream', 30_000)],
  [{ kind: 'stream-error', code: '503' }, retries('server_error', 'stream')],
  [{ kind: 'stream-error', code: '500' }, retries('server_error', 'stream')],
  [{ kind: 'stream-error' }, retries('server_error', 'stream')],
  [{ kind: 'stream-end' }, retries('connection_lost', 'local')],
  [{ kind: 'close' }, retries('connection_lost', 'local')],
  [{ kind: 'cut' }, retries('connection_lost', 'local')],
];

/** How the server meets a device that comes back. */
const FAULTS: [fault: FaultAction, expected: Expected][] = [
  [failure('401'), rests('logged_out', 'logged_out', 'failure')],
  [
    failure('402', { code: '101', expire: '600' }),
    { ...retries('temp_banned', 'failure', 10 * MINUTE), status: 'error' },
  ],
  [failure('403'), rests('error', 'account_locked', 'failure')],
  [failure('405'), rests('error', 'client_outdated', 'failure')],
  [failure('406'), rests('error', 'banned', 'failure')],
  [failure('400'), retries('protocol_error', 'failure', 5 * MINUTE)],
  [failure('409'), retries('protocol_error', 'failure', 5 * MINUTE)],
  [failure('415'), retries('protocol_error', 'failure', 5 * MINUTE)],
  [failure('418'), retries('protocol_error', 'failure', 5 * MINUTE)],
  [failure('501'), retries('protocol_error', 'failure', 5 * MINUTE)],
  [failure('500'), retries('server_error', 'failure')],
  [failure('503'), retries('server_error', 'failure')],
  [{ kind: 'http-status', status: 403 }, retries('egress_blocked', 'upgrade', 30_000)],
  [{ kind: 'http-status', status: 404 }, retries('egress_blocked', 'upgrade', 30_000)],
  [{ kind: 'http-status', status: 429, retryAfterSeconds: 90 }, retries('throttled', 'upgrade', 90_000)],
  [{ kind: 'http-status', status: 429 }, retries('throttled', 'upgrade', 5 * MINUTE)],
  [{ kind: 'http-status', status: 503 }, retries('server_error', 'upgrade')],
  [{ kind: 'drop-tcp', at: 'login' }, retries('connection_lost', 'local')],
  [{ kind: 'conflict-replaced', at: 'login' }, retries('conflict', 'stream', 30_000)],
];

describe('a device whose connection ends', () => {
  it.each(ENDINGS)('by %j', async (ending, expected) => {
    const { lab, deviceId } = await connected();
    const from = lab.events.all.length;
    lab.simulator.endConnection({ phoneNumber: ANA, device: 1 }, ending);
    await expectOutcome({ lab, deviceId, from }, expected);
  });

  it('by 515 is open again at once', async () => {
    const { lab, deviceId } = await connected();
    const from = lab.events.all.length;
    lab.simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'stream-error', code: '515' });
    const restarting = await nextState({ lab, deviceId, from }, ({ status }) => status === 'connecting');
    expect(restarting).toMatchObject({ cause: { code: 'restart_required' } });
    await nextState({ lab, deviceId, from }, ({ status }) => status === 'connected');
  });
});

describe('a device that comes back', () => {
  it.each(FAULTS)('and meets %j', async (fault, expected) => {
    const { lab, deviceId } = await connected();
    lab.simulator.faults.add({ ...fault, times: 1 });
    const from = lab.events.all.length;
    await lab.manager.restart(deviceId);
    await expectOutcome({ lab, deviceId, from }, expected);
  });

  it('after the simulator was away recovers by itself', async () => {
    const { lab, deviceId } = await connected();
    const from = lab.events.all.length;
    lab.simulator.faults.add({ kind: 'http-status', status: 502, times: 2 });
    lab.simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'cut' });
    const lost = await nextState({ lab, deviceId, from }, ({ status }) => status === 'reconnecting');
    expect(lost).toMatchObject({ cause: { code: 'connection_lost' } });
    await nextState({ lab, deviceId, from }, ({ status }) => status === 'connected');
  });
});

describe('a device that waits to be paired', () => {
  it('says that nobody scanned, and a restart does not ask again', async () => {
    const lab = await startDeviceLab({ qrTimeoutMs: 50 });
    const deviceId = await lab.addDevice('ana-device');
    await lab.manager.start(deviceId);
    await expectOutcome({ lab, deviceId, from: 0 }, rests('disconnected', 'qr_expired', 'local'));
    await lab.restart();
    expect(await lab.manager.restoreAll('wanted')).toEqual([]);
  });
});

function failure(reason: string, attributes: Record<string, string> = {}): FaultAction {
  return { kind: 'login-failure', reason, attributes };
}

function rests(status: DeviceState['status'], cause: string, source: DeviceCause['source']): Expected {
  return { status, cause, source, retryInMs: null };
}

function retries(cause: string, source: DeviceCause['source'], retryInMs = 0): Expected {
  return { status: 'reconnecting', cause, source, retryInMs };
}

interface Place {
  readonly lab: DeviceLab;
  readonly deviceId: DeviceId;
  /** Events before this one do not count. */
  readonly from: number;
}

async function connected(): Promise<{ lab: DeviceLab; deviceId: DeviceId }> {
  const lab = await startDeviceLab();
  const deviceId = await lab.addDevice('ana-device');
  await lab.manager.start(deviceId);
  await lab.simulator.phone(ANA, 'Ana').scanQr(await lab.nextQr(deviceId));
  await lab.reaches(deviceId, 'connected');
  return { lab, deviceId };
}

async function nextState(
  { lab, deviceId, from }: Place,
  passes: (state: DeviceState) => boolean,
): Promise<DeviceState> {
  const event = await lab.events.waitFor(
    (each) => each.type === 'state-changed' && each.deviceId === deviceId && passes(each.state),
    from,
  );
  if (event.type !== 'state-changed') throw new Error('not a change of state');
  return event.state;
}

/** The state that was reached, what it says, and that the row says the same. */
async function expectOutcome(place: Place, expected: Expected): Promise<void> {
  const before = Date.now();
  const state = await nextState(place, ({ status }) => status === expected.status);
  expect(state).toMatchObject({ cause: { code: expected.cause, source: expected.source } });
  const retryAt = 'cause' in state ? state.cause?.retryAt : null;
  if (expected.retryInMs === null) expect(retryAt).toBeNull();
  else expect(retryAt?.getTime()).toBeGreaterThanOrEqual(before + expected.retryInMs - 1_000);
}
