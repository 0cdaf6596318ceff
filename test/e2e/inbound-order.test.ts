import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../support/server.ts';
import { startTestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const CITRA = '6281200000003';
const WAITING = 40;
const LIVE = 10;

it('reads a group in order when it begins to talk while the device is away: nothing has to be sent again', async () => {
  const simulator = await startTestSimulator();
  onTestFinished(() => simulator.close());
  const server = await startServer({ simulator });
  onTestFinished(() => server.stop());
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const citra = simulator.phone(CITRA, 'Citra');
  const { group } = await citra.groups.create({ subject: 'Work', members: [ANA] });
  const say = async (text: string) => (await citra.sendText(`${group.id}@g.us`, text)).id;
  const { history } = simulator;
  const ofDevice = (from: string) => from.startsWith(`${ANA}:`);

  simulator.faults.add({ kind: 'delay-offline', delayMs: 2_000, times: 1 });
  const isBack = history.waitFor(({ kind }) => kind === 'login', { after: history.sequence });
  simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'cut' });
  await isBack;
  const ids: string[] = [];
  for (let count = 0; count < WAITING; count += 1) ids.push(await say(`waits ${count}`));
  await history.waitFor((record) => record.kind === 'delivery' && record.id === ids.at(-1));
  for (let count = 0; count < LIVE; count += 1) ids.push(await say(`live ${count}`));

  const receipts = new Set<string>();
  await history.waitFor((record) => {
    if (record.kind === 'receipt' && ofDevice(record.from) && record.type !== 'retry')
      for (const id of record.ids) receipts.add(id);
    return ids.every((id) => receipts.has(id));
  });
  const asked = history.of('receipt').filter(({ from, type }) => ofDevice(from) && type === 'retry');
  expect(asked).toEqual([]);
});
