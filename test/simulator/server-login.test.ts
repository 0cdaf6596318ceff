import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';
import { ANA, ANAS_DEVICE, hangUp, next, pair } from './server-parties.ts';

let simulator: TestSimulator;
let companion: Companion;
const others: Companion[] = [];

/** Another client that claims to be the same device. */
const twin = () => {
  const other = createCompanion({ url: simulator.url, config: { auth: companion.auth } });
  others.push(other);
  other.connect();
  return other;
};

beforeEach(async () => {
  simulator = await startTestSimulator();
  companion = await pair(simulator, ANA);
});
afterEach(async () => {
  for (const other of [companion, ...others.splice(0)]) await other.stop();
  await simulator.close();
});

describe('a login', () => {
  it('opens for a linked device and names its LID', async () => {
    const account = simulator.core.findAccount(ANA);
    expect(companion.auth.creds.me?.lid).toBe(`${account?.lid}:1@lid`);
    expect(account?.devices).toMatchObject([{ device: 1, online: true }]);
    expect(simulator.core.findAccount(account?.lid ?? '')?.phoneNumber).toBe(ANA);
    await hangUp(simulator, companion);
    expect(simulator.core.findAccount(ANA)?.devices).toMatchObject([{ device: 1, online: false }]);
  });

  it('is refused with 401 when the noise key is another', async () => {
    const stranger = createCompanion({ url: simulator.url });
    stranger.auth.creds.me = { id: ANAS_DEVICE };
    others.push(stranger);
    stranger.connect();
    expect(await stranger.closes.waitFor(() => true)).toBe(401);
    expect(await next(simulator, 'login-refused')).toMatchObject({ device: ANAS_DEVICE, reason: '401' });
    expect(companion.closes.all).toEqual([515]);
  });

  it('is refused with 401 after the phone removed the device, which hears of it', async () => {
    await simulator.core.removeDevice(ANA, 1);
    expect(await companion.closes.waitFor((code) => code !== 515)).toBe(401);
    companion.connect();
    await next(simulator, 'login-refused');
    expect(await companion.closes.waitFor(() => true, 2)).toBe(401);
    await expect(simulator.core.removeDevice(ANA, 1)).rejects.toThrow('no such device');
  });

  it('is refused with 401 after the device logged itself out', async () => {
    await companion.socket().logout();
    await next(simulator, 'device-removed');
    expect(simulator.core.findAccount(ANA)?.devices).toEqual([]);
  });

  it('takes the place of an earlier one, which is told so', async () => {
    const other = twin();
    await other.opened();
    expect(await companion.closes.waitFor((code) => code !== 515)).toBe(440);
    await next(simulator, 'connection-closed', ({ reason }) => reason === 'replaced');
    expect(simulator.core.findAccount(ANA)?.devices).toMatchObject([{ online: true }]);
    expect(other.closes.all).toEqual([]);
  });
});

describe('the server ends a session now', () => {
  it.each([
    [{ kind: 'stream-error', code: '503' }, 503],
    [{ kind: 'stream-error' }, 500],
    [{ kind: 'conflict', type: 'replaced' }, 440],
    [{ kind: 'conflict', type: 'device_removed' }, 401],
    [{ kind: 'stream-end' }, 428],
    [{ kind: 'close' }, 428],
    [{ kind: 'cut' }, 428],
  ] as const)('%o: the client sees %i', async (ending, code) => {
    expect(simulator.endConnection({ phoneNumber: ANA, device: 1 }, ending)).toBe(true);
    expect(await companion.closes.waitFor((seen) => seen !== 515)).toBe(code);
    await next(simulator, 'connection-closed', ({ reason }) => reason === 'fault');
    expect(simulator.endConnection({ phoneNumber: ANA, device: 1 }, ending)).toBe(false);
  });
});

describe('the server stops', () => {
  it('and says so of every session in its history', async () => {
    await simulator.close();
    expect(await companion.closes.waitFor((seen) => seen !== 515)).toBe(428);
    const closed = simulator.history.of('connection-closed').at(-1);
    expect(closed).toMatchObject({ device: ANAS_DEVICE, reason: 'shutdown' });
  });
});

describe('the server listens', () => {
  it('on loopback only', async () => {
    await expect(startSimulator({ host: '0.0.0.0' })).rejects.toThrow('127.0.0.1');
  });

  it('and answers plain requests with 404', async () => {
    const address = simulator.url.replace('ws:', 'http:');
    expect((await fetch(address)).status).toBe(404);
  });
});
