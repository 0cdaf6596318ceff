import { expect, it } from 'vitest';
import { connectClient, expectOk } from '../support/client.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { startServerProcess } from '../support/server-process.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const MINUTE_MS = 60_000;

it('a message for the next minute goes once, though the server is killed and started in between', async () => {
  const simulator = await startTestSimulator();
  const budi = simulator.phone(BUDI, 'Budi');
  const first = startServerProcess({ simulator });
  const client = await connectClient({ url: await first.waitReady(), key: ADMIN_KEY });
  await client.createDevice('ana');
  await client.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const minute = Math.floor(Date.now() / MINUTE_MS + 1.2) * MINUTE_MS;
  const body = { to: BUDI, message: 'on the minute', scheduleTime: new Date(minute).toISOString() };
  const { data } = expectOk(
    await client.api.post<{ scheduleId: string }>('devices/ana/schedule-message', body),
  );
  client.close();
  await first.kill('SIGKILL');

  await using second = startServerProcess({ simulator, dataDir: first.dataDir });
  const again = await connectClient({ url: await second.waitReady(), key: ADMIN_KEY });
  await waitForMessage(budi, ({ text }) => text === 'on the minute');
  const lateMs = Date.now() - minute;
  expect(lateMs).toBeGreaterThanOrEqual(0);
  // Whatever would send it a second time has had its turn when a later one has gone.
  const later = new Date(minute + 15_000).toISOString();
  const after = { to: BUDI, message: 'later', scheduleTime: later };
  expectOk(await again.api.post('devices/ana/schedule-message', after));
  await waitForMessage(budi, ({ text }) => text === 'later');
  expect(budi.messages().filter(({ text }) => text === 'on the minute')).toHaveLength(1);
  const schedule = await again.api.get(`devices/ana/schedules/${data.scheduleId}`);
  expect(schedule.data).toMatchObject({ status: 'done', runs: 1 });
  process.stdout.write(`late by ${lateMs} ms\n`);
  again.close();
  await simulator.close();
});
