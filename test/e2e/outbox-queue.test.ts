import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

interface Sent {
  readonly messageId: string;
  readonly status: string;
}
interface Page {
  readonly items: readonly (Sent & { readonly text: string })[];
}

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  simulator.phone(BUDI, 'Budi');
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const queue = (message: string, deviceId = 'ana') =>
  server.api.post<Sent>(`devices/${deviceId}/send-message?queue=true`, { to: BUDI, message });
const reaches = (messageId: string, status: string) =>
  server.waitForEvent((each) => each.messageId === messageId && each.status === status);
const textsAtBudi = () =>
  simulator
    .phone(BUDI)
    .messages()
    .map(({ text }) => text);

describe('a text with queue=true', () => {
  it('waits while WhatsApp is away, is shown as queued, and goes in order when it is back', async () => {
    const down = simulator.faults.add({ kind: 'http-status', status: 503 });
    simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'cut' });
    await server.waitForStatus('ana', 'reconnecting');
    const refused = await server.api.post('devices/ana/send-message', { to: BUDI, message: 'now or never' });
    expect(refused).toMatchObject({ status: 409, code: 'DEVICE_NOT_CONNECTED' });

    const answers = [await queue('one'), await queue('two'), await queue('three')];
    expect(answers).toMatchObject(answers.map(() => ({ status: 202, data: { status: 'queued' } })));
    const { data: page } = await server.api.get<Page>('devices/ana/messages?direction=out&limit=3');
    expect(page.items.map(({ text, status }) => `${text} ${status}`)).toEqual([
      'three queued',
      'two queued',
      'one queued',
    ]);

    simulator.faults.remove(down);
    for (const { data } of answers) await reaches(data.messageId, 'delivered');
    expect(textsAtBudi()).toEqual(['one', 'two', 'three']);
    const { data: last } = await server.api.get(`devices/ana/messages/${answers[2]?.data.messageId}`);
    expect(last).toMatchObject({ status: 'delivered', attempts: 1, error: null });
  });

  it('is answered like any other while the device is connected', async () => {
    const { status, data } = await queue('at once');
    expect(status).toBe(200);
    expect(data.status).toBe('server_ack');
  });

  it('survives a restart, and a device that is started later', async () => {
    await server.api.delete('devices/ana/disconnect?logout=false');
    const { data } = await queue('after all');
    server = await server.restart();
    expect((await server.api.get<Sent>(`devices/ana/messages/${data.messageId}`)).data.status).toBe('queued');
    await server.api.post('devices/ana/connect');
    await reaches(data.messageId, 'delivered');
    expect(textsAtBudi()).toContain('after all');
  });

  it('is refused for a device that does not exist, and ends with one that is removed', async () => {
    expect(await queue('x', 'nobody')).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
    await server.createDevice('short-lived');
    const { data } = await queue('never', 'short-lived');
    await server.api.delete('devices/short-lived');
    await server.createDevice('short-lived');
    const path = `devices/short-lived/messages/${data.messageId}`;
    const { data: message } = await server.api.get<Sent>(path);
    expect(message).toMatchObject({ status: 'cancelled', error: { code: 'DEVICE_REMOVED' } });
    expect((await server.api.get<DeviceAnswer>('devices/short-lived')).data.status).toBe('created');
  });
});

describe('G15: a message that WhatsApp does not take', () => {
  it('is tried again later under the same id, and those behind it never wait for it', async () => {
    const poison = simulator.faults.add({
      kind: 'nack',
      code: '500',
      times: 1,
      target: { phoneNumber: ANA },
    });
    const first = server.api.post<Sent>('devices/ana/send-message', { to: BUDI, message: 'poison' });
    const started = await server.waitForEvent((each) => each.status === 'queued' && each.error !== undefined);
    expect(started).toMatchObject({ error: { code: 'WA_500' } });
    simulator.faults.remove(poison);
    const others = await Promise.all(['a', 'b', 'c'].map((text) => queue(`beside ${text}`)));
    expect(others.map(({ data }) => data.status)).toEqual(['server_ack', 'server_ack', 'server_ack']);
    expect(await first).toMatchObject({ status: 200, data: { status: 'server_ack' } });
  });

  it('for good, ends among others that all arrive', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `good ${index}`);
    const good = texts.map((message) =>
      server.api.post<Sent>('devices/ana/send-message', { to: BUDI, message }),
    );
    const bad = server.api.post('devices/ana/send-message', { to: '6281277777777', message: 'nobody' });
    expect(await bad).toMatchObject({ status: 422, code: 'SEND_REFUSED' });
    for (const answer of await Promise.all(good)) await reaches(answer.data.messageId, 'delivered');
    expect(
      textsAtBudi()
        .filter((text) => texts.includes(text ?? ''))
        .sort(),
    ).toEqual(texts.sort());
  });

  it('at 479 is tried once more with the recipient looked up anew', async () => {
    const target = { phoneNumber: ANA };
    simulator.faults.add({ kind: 'nack', code: '479', times: 1, target });
    expect(await queue('once more')).toMatchObject({ status: 200 });
    simulator.faults.add({ kind: 'nack', code: '479', times: 2, target });
    const answer = await queue('twice too many');
    expect(answer).toMatchObject({ status: 422, code: 'SEND_REFUSED', details: { code: 479 } });
    expect(await queue('and on')).toMatchObject({ status: 200 });
  });
});
