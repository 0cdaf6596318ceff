import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Companion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';
import { ANA, ANAS_DEVICE, BUDI, hangUp, next, pair, textOf } from './server-parties.ts';

const COUNT = 150;

let simulator: TestSimulator;
let companion: Companion;

const budiSends = async (count: number) => {
  const ids: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const { id } = await simulator.phone(BUDI).sendText(ANA, `number ${number}`);
    ids.push(id);
  }
  return ids;
};
const deliveriesToAna = () =>
  simulator.history
    .of('delivery')
    .filter((record) => record.device === ANAS_DEVICE && record.class === 'message');
const confirmed = (id: string) =>
  next(
    simulator,
    'receipt',
    ({ ids, from, type }) => from === ANAS_DEVICE && type !== 'retry' && ids.includes(id),
  );

beforeEach(async () => {
  simulator = await startTestSimulator();
  companion = await pair(simulator, ANA);
  simulator.phone(BUDI);
});
afterEach(async () => {
  await companion.stop();
  await simulator.close();
});

describe('the offline queue', () => {
  it(`holds ${COUNT} messages and hands all of them over, in order, at the next login`, async () => {
    await hangUp(simulator, companion);
    const ids = await budiSends(COUNT);
    companion.connect();
    await companion.messages.waitFor((message) => textOf(message) === `number ${COUNT}`);
    const texts = companion.messages.all.map(textOf).filter((text) => text?.startsWith('number'));
    expect(texts).toEqual(Array.from({ length: COUNT }, (_, index) => `number ${index + 1}`));
    for (const id of ids) await confirmed(id);
    const offline = deliveriesToAna().filter((record) => record.offline && ids.includes(record.id));
    expect(offline.map(({ id }) => id)).toEqual(ids);
  });

  it('is empty once the device has confirmed', async () => {
    const [id = ''] = await budiSends(1);
    await confirmed(id);
    await hangUp(simulator, companion);
    companion.connect();
    await companion.opened(2);
    expect(deliveriesToAna().filter((record) => record.id === id)).toHaveLength(1);
  });

  it('keeps what the device was sent and did not confirm', async () => {
    simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'silence' });
    const [id = ''] = await budiSends(1);
    expect(deliveriesToAna().filter((record) => record.id === id)).toEqual([]);
    await companion.socket().end(undefined);
    companion.connect();
    await companion.messages.waitFor((message) => textOf(message) === 'number 1');
    expect(deliveriesToAna().filter((record) => record.id === id)).toMatchObject([{ offline: true }]);
    await confirmed(id);
  });

  it('keeps a resend that is on its way when the refusal of the first copy comes late', async () => {
    const target = { phoneNumber: ANA, device: 1 };
    simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target });
    const [id = ''] = await budiSends(1);
    await companion.messages.waitFor((message) => textOf(message) === 'number 1');
    await next(simulator, 'client-ack', (ack) => ack.id === id && ack.error !== null);
    await confirmed(id);
    expect(deliveriesToAna().filter((record) => record.id === id)).toHaveLength(2);
    await hangUp(simulator, companion);
    companion.connect();
    await companion.opened(2);
    expect(deliveriesToAna().filter((record) => record.id === id)).toHaveLength(2);
  });
});
