import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type proto, useMultiFileAuthState } from '@whiskeysockets/baileys';
import { expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import { createCompanion } from '../support/companion.ts';
import { startServer } from '../support/server.ts';
import { startTestSimulator } from '../support/simulator.ts';

const ANA = '6281200000051';
const BUDI = '6281200000052';

it('takes over a session folder of Baileys: the device comes up connected, without a QR, and still decrypts', async () => {
  const simulator = await startTestSimulator();
  const dataDir = mkdtempSync(join(tmpdir(), 'wafleet-adoption-'));
  const folder = join(dataDir, 'sessions', 'auth_info_baileys_shop');
  mkdirSync(folder, { recursive: true });
  const ana = simulator.phone(ANA, 'Ana');
  const budi = simulator.phone(BUDI, 'Budi');

  const { state, saveCreds } = await useMultiFileAuthState(folder);
  const former = createCompanion({ url: simulator.url, config: { auth: state } });
  former.connect();
  await ana.scanQr(await former.nextQr());
  await former.opened(1);
  await budi.sendText(ANA, 'before the move');
  await former.messages.waitFor(({ message }) => textOf(message) === 'before the move');
  await saveCreds();
  await former.stop();

  const server = await startServer({ simulator, dataDir });
  try {
    // The folder is taken over while requests are answered already, so the device may not be there yet.
    const early = await server.api.get<DeviceAnswer>('devices/shop');
    if (early.status === 404 || !early.data.isConnected) {
      await server.waitForEvent(({ deviceId, status }) => deviceId === 'shop' && status === 'connected');
    }
    const { data: device } = await server.api.get<DeviceAnswer>('devices/shop');
    expect(device).toMatchObject({ phoneNumber: ANA, hasSession: true, cause: null, qrCode: null });
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(`${folder}.imported`)).toBe(true);

    await budi.sendText(ANA, 'after the move');
    const arrived = await server.waitForEvent(({ type }) => type === 'message');
    expect(arrived).toMatchObject({ message: { text: 'after the move', fromMe: false } });
  } finally {
    await server.stop();
    await simulator.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

function textOf(message: proto.IMessage | null | undefined): string | null {
  return message?.conversation ?? message?.extendedTextMessage?.text ?? null;
}
