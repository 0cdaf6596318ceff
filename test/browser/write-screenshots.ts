import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedFleet } from '../../bench/dashboard/seed.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, type Screen, startDashboard } from '../support/dashboard.ts';
import { sandboxSteps } from '../support/sandbox.ts';

/** Takes the pictures of the README and of docs/dashboard.md anew: `npm run screenshots`. */
const FOLDER = join(import.meta.dirname, '../../docs/images');

const SALES = { deviceId: 'sales', phoneNumber: '6281234567801', pushName: 'Sales Jakarta' } as const;
const CARE = { deviceId: 'care', phoneNumber: '6281234567802', pushName: 'Customer care' } as const;
const BANDUNG = { deviceId: 'bandung', phoneNumber: '6281234567803', pushName: 'Sales Bandung' } as const;
const DEWI = { deviceId: '', phoneNumber: '6281398765401', pushName: 'Dewi' } as const;

const dataDir = mkdtempSync(join(tmpdir(), 'wafleet-screenshots-'));
await seedFleet(dataDir, { devices: 1, messages: 4_000 });
const dashboard = await startDashboard({ dataDir, environment: { HISTORY_DAYS: '3650' } });
try {
  await furnish(dashboard);
  mkdirSync(FOLDER, { recursive: true });
  const screen = await dashboard.signIn({ width: 1200 });
  await screen.page.setViewportSize({ width: 1200, height: 960 });
  await screen.go('/devices');
  await screen.page.getByText('The phone unlinked this device').waitFor();
  await take(screen, 'devices');
  await screen.page.setViewportSize({ width: 1200, height: 760 });
  await screen.go('/chats?device=sales');
  await screen.page.getByRole('link', { name: /Dewi/ }).click();
  await screen.page.getByText('Two boxes are').last().waitFor();
  await take(screen, 'chats');
  await screen.go('/reports?device=dev-0&range=own&from=2026-03-01&to=2026-03-30');
  await screen.page.getByText('Messages per day').first().waitFor();
  await take(screen, 'reports');
} finally {
  await dashboard.stop();
}

/** Devices that are well and devices that are not, and a conversation. */
async function furnish({ client }: Dashboard): Promise<void> {
  const sandbox = sandboxSteps(client);
  await sandbox.makePhone(DEWI);
  await sandbox.pair(SALES, { kept: true });
  await sandbox.pair(CARE);
  await sandbox.pair(BANDUNG);
  await client.createDevice('semarang', { deviceName: 'Sales Semarang', tags: ['semarang'] });
  await client.api.delete(`/api/sandbox/phones/${BANDUNG.phoneNumber}/devices/1`);
  await client.waitForStatus('bandung', 'logged_out');
  const say = async (message: string) =>
    expectOk(await client.api.post('devices/sales/send-message', { to: DEWI.phoneNumber, message }));
  // What both sides say within a second has no order of its own.
  await sandbox.write(DEWI, SALES, 'Good morning! Do you still have the lapis legit?');
  await sandbox.write(DEWI, SALES, 'If so two boxes, please, to Menteng before noon.');
  await say('Good morning, Dewi. Yes, it came out of the oven an hour ago.');
  await say('Two boxes are 360.000, delivery is free. They are on their way.');
  await sandbox.post(`/phones/${DEWI.phoneNumber}/read`, { from: SALES.phoneNumber });
}

async function take({ page }: Screen, name: string): Promise<void> {
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}
