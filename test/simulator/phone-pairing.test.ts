import { Curve } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/simulator/wire/curve.ts';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';

let simulator: TestSimulator;
let companion: Companion;
const libraryVerify = Curve.verify;

beforeEach(async () => {
  simulator = await startTestSimulator();
  companion = createCompanion({ url: simulator.url });
});
afterEach(async () => {
  Curve.verify = libraryVerify;
  await companion.stop();
  await simulator.close();
});

describe('pairing by QR code', () => {
  it('links, restarts with 515, logs in and syncs at once', async () => {
    const ana = simulator.phone(ANA, 'Ana');
    companion.connect();
    const device = await ana.scanQr(await companion.nextQr());
    await companion.opened();
    await companion.messages.waitFor(
      ({ message }) => message?.protocolMessage?.historySyncNotification !== null,
    );

    expect(device).toBe(1);
    expect(companion.closes.all).toEqual([515]);
    expect(companion.auth.creds.me?.id).toBe(`${ANA}:1@s.whatsapp.net`);
    expect(companion.auth.creds.me?.lid).toMatch(/^\d+:1@lid$/);
    expect(simulator.core.findAccount(ANA)?.devices).toMatchObject([
      { device: 1, keyIndex: 1, online: true },
    ]);
  });

  it('gives the companion the name of its owner and the key of the app state', async () => {
    const ana = simulator.phone(ANA, 'Ana');
    companion.connect();
    await ana.scanQr(await companion.nextQr());
    await companion.synced();
    expect(companion.auth.creds.me?.name).toBe('Ana');
    expect(companion.auth.creds.myAppStateKeyId).toBeTruthy();
  });

  it('reads the bare list of older clients too', async () => {
    companion.connect();
    const [, bare = ''] = (await companion.nextQr()).split('#');
    expect(await simulator.phone(ANA).scanQr(bare)).toBe(1);
    await companion.opened();
  });

  it('reconnects from stored credentials without a QR code', async () => {
    companion.connect();
    await simulator.phone(ANA).scanQr(await companion.nextQr());
    await companion.opened();
    await companion.socket().end(undefined);
    companion.connect();
    await companion.opened(2);
    expect(simulator.history.of('login')).toHaveLength(2);
    expect(simulator.history.of('pairing-offered')).toHaveLength(1);
  });

  it('holds up when every signature of the certificate chain is really checked', async () => {
    const checks: boolean[] = [];
    Curve.verify = (key, message, signature) => {
      const isRight = verify(key.length === 33 ? key.subarray(1) : key, message, signature);
      checks.push(isRight);
      return isRight;
    };
    companion.connect();
    await simulator.phone(ANA).scanQr(await companion.nextQr());
    await companion.opened();
    // Two of the chain for each of two connections, and the account signature.
    expect(checks.length).toBeGreaterThanOrEqual(5);
    expect(checks).not.toContain(false);
  });

  it('refuses a code nobody shows, and one that names other keys', async () => {
    const ana = simulator.phone(ANA);
    companion.connect();
    const qr = await companion.nextQr();
    const [link = '', noise = '', identity = '', ...rest] = qr.split(',');
    await expect(ana.scanQr(qr.replace('#', '#x'))).rejects.toMatchObject({ code: 'QR_EXPIRED' });
    await expect(ana.scanQr([link, identity, noise, ...rest].join(','))).rejects.toMatchObject({
      code: 'LINK_FAILED',
    });
    expect(simulator.core.findAccount(ANA)?.devices).toEqual([]);
  });
});

describe('pairing by code', () => {
  const requestCode = async () => {
    companion.connect();
    await companion.nextQr();
    return companion.socket().requestPairingCode(ANA);
  };

  it('links when the owner types what the companion shows', async () => {
    const ana = simulator.phone(ANA, 'Ana');
    const code = await requestCode();
    const typed = `${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`;
    expect(await ana.enterPairingCode(typed)).toBe(1);
    await companion.synced();
    expect(companion.auth.creds.me?.id).toBe(`${ANA}:1@s.whatsapp.net`);
    expect(companion.auth.creds.me?.name).toBe('Ana');
  });

  it('refuses a wrong code, links nothing, and still takes the right one', async () => {
    const ana = simulator.phone(ANA);
    const code = await requestCode();
    await expect(ana.enterPairingCode('ABCD2345')).rejects.toMatchObject({ code: 'CODE_REFUSED' });
    expect(simulator.core.findAccount(ANA)?.devices).toEqual([]);
    expect(await ana.enterPairingCode(code)).toBe(1);
    await companion.opened();
  });

  it('says so when no companion waits', async () => {
    await expect(simulator.phone(ANA).enterPairingCode('ABCD2345')).rejects.toMatchObject({
      code: 'NO_COMPANION_WAITS',
    });
  });
});

describe('unlinking', () => {
  it('closes the companion with 401 and refuses it from then on', async () => {
    const ana = simulator.phone(ANA);
    companion.connect();
    const device = await ana.scanQr(await companion.nextQr());
    await companion.opened();
    await ana.removeDevice(device);
    await companion.closes.waitFor((code) => code === 401);
    companion.connect();
    await companion.closes.waitFor((code) => code === 401, 2);
    await expect(ana.removeDevice(device)).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  });
});
