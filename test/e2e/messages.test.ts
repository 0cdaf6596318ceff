import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/api.ts';
import type { DeviceAnswer } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

interface MessageAnswer {
  readonly messageId: string;
  readonly status: string;
  readonly text: string | null;
  readonly timestamp: string;
}
interface Page {
  readonly items: readonly MessageAnswer[];
  readonly total: number;
  readonly nextCursor: string | null;
}

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const send = (to: string, message: string): Promise<Answer<MessageAnswer>> =>
  server.api.post('devices/ana/send-message', { to, message });
const list = async (query: string, deviceId = 'budi') =>
  (await server.api.get<Page>(`devices/${deviceId}/messages?${query}`)).data;
const reaches = (messageId: string, status: string) =>
  server.waitForEvent((each) => each.messageId === messageId && each.status === status);
const received = (deviceId: string, text: string) =>
  server.waitForEvent(
    (event) =>
      event.type === 'message' && event.deviceId === deviceId && JSON.stringify(event).includes(`"${text}"`),
  );

describe('a text from one device to another', () => {
  it('is decrypted in the list of the receiver, and acknowledged, delivered and read for the sender', async () => {
    const text = 'Selamat pagi, Budi! \u{1F44B}\u{1F3FD} ¿qué tal? \n second line';
    const { data: sent, status } = await send(BUDI, text);
    expect(status).toBe(200);
    expect(sent).toMatchObject({
      to: `${BUDI}@s.whatsapp.net`,
      messageId: expect.stringMatching(/^[0-9A-F]{16,}$/),
    });
    expect(['server_ack', 'delivered']).toContain(sent.status);
    await reaches(sent.messageId, 'delivered');
    const budi = simulator.phone(BUDI);
    await waitForMessage(budi, (message) => message.text === text);
    await budi.markReadFrom(ANA);
    await reaches(sent.messageId, 'read');

    const told = server.events.filter(({ messageId }) => messageId === sent.messageId);
    expect(told.map(({ type, status: word }) => `${type} ${word}`)).toEqual([
      'message_status server_ack',
      'message_status delivered',
      'message_status read',
    ]);
    const { data: message } = await server.api.get(`devices/ana/messages/${sent.messageId}`);
    expect(message).toMatchObject({
      messageId: sent.messageId,
      chat: `${BUDI}@s.whatsapp.net`,
      from: `${ANA}@s.whatsapp.net`,
      to: `${BUDI}@s.whatsapp.net`,
      fromMe: true,
      type: 'text',
      text,
      status: 'read',
      attempts: 1,
      error: null,
    });
    await server.waitForEvent(
      (each) => each.type === 'message' && JSON.stringify(each).includes(sent.messageId),
    );
    const [got] = (await list('direction=in&limit=1')).items;
    expect(got).toMatchObject({
      messageId: sent.messageId,
      chat: `${ANA}@s.whatsapp.net`,
      chatAlt: expect.stringMatching(/^\d+@lid$/),
      from: `${ANA}@s.whatsapp.net`,
      to: `${BUDI}@s.whatsapp.net`,
      fromMe: false,
      text,
    });
    expect(Date.parse(got?.timestamp ?? '')).toBeGreaterThan(Date.parse('2020-01-01T00:00:00Z'));
    expect(serverSaw(sent.messageId)).toEqual(['message', 'ack']);
  });

  it('is read by a device that reads by itself', async () => {
    await server.api.patch('devices/budi', { autoRead: true });
    const { data } = await send(BUDI, 'read me at once');
    await reaches(data.messageId, 'read');
    await server.api.patch('devices/budi', { autoRead: false });
  });

  it('waits for a device that is away', async () => {
    await server.api.delete('devices/budi/disconnect?logout=false');
    const { data } = await send(BUDI, 'while you were away');
    await waitForMessage(simulator.phone(BUDI), ({ text }) => text === 'while you were away');
    await server.api.post('devices/budi/connect');
    await received('budi', 'while you were away');
    const [newest] = (await list('direction=in&limit=1')).items;
    expect(newest).toMatchObject({ messageId: data.messageId, text: 'while you were away' });
  });

  it('is one of many sent at once: each arrives, once', async () => {
    const texts = Array.from({ length: 25 }, (_, index) => `parallel ${index}`);
    const answers = await Promise.all(texts.map((text) => send(BUDI, text)));
    expect(answers.map(({ status }) => status)).toEqual(texts.map(() => 200));
    expect(new Set(answers.map(({ data }) => data.messageId)).size).toBe(texts.length);
    await Promise.all(texts.map((text) => received('budi', text)));
    const { items } = await list('direction=in&limit=200');
    const arrived = items.map(({ text }) => text ?? '').filter((text) => text.startsWith('parallel'));
    expect(arrived.sort()).toEqual([...texts].sort());
  });
});

describe('the list of messages', () => {
  it('goes back page by page, newest first, without a gap or a repeat', async () => {
    const whole = await list('limit=200');
    const paged: MessageAnswer[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page = await list(`limit=7${cursor && `&cursor=${cursor}`}`);
      expect(page.items.length).toBeLessThanOrEqual(7);
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole.items);
  });

  it('goes by page number as well, says how many there are, and shows one that was received by its id', async () => {
    const whole = await list('pageSize=200');
    expect(whole).toMatchObject({ page: 1, pageSize: 200, total: whole.items.length });
    const second = await list('page=2&pageSize=7');
    expect(second).toMatchObject({ page: 2, pageSize: 7, total: whole.total });
    expect(second.items).toEqual(whole.items.slice(7, 14));
    const [newest] = whole.items;
    const one = await server.api.get(`devices/budi/messages/${newest?.messageId}`);
    expect(one.data).toEqual(newest);
  });

  it('takes a direction and a chat under either kind of address', async () => {
    expect((await list('direction=out')).items).toEqual([]);
    await simulator.phone(CITRA, 'Citra').sendText(BUDI, 'from Citra');
    await received('budi', 'from Citra');
    const lid = (await server.api.get<DeviceAnswer>('devices/ana')).data.lid ?? '';
    const byNumber = await list(`chat=${ANA}@s.whatsapp.net&limit=200`);
    expect(byNumber.items.length).toBeGreaterThan(25);
    expect(await list(`chat=${encodeURIComponent(lid)}&limit=200`)).toEqual(byNumber);
    expect(await list(`chat=0${ANA.slice(2)}&limit=200`)).toEqual(byNumber);
    expect((await list(`chat=${CITRA}@c.us`)).items.map(({ text }) => text)).toEqual(['from Citra']);
    for (const query of ['direction=sideways', 'limit=0', 'limit=201', 'chat=n', 'cursor=x']) {
      expect((await server.api.get(`devices/budi/messages?${query}`)).code).toBe('VALIDATION_FAILED');
    }
    expect((await server.api.get('devices/budi/messages?chat=nobody')).code).toBe('RECIPIENT_INVALID');
  });

  it('has what the owner wrote on the phone, as from me', async () => {
    await simulator.phone(BUDI).sendText(CITRA, 'typed on the phone');
    await received('budi', 'typed on the phone');
    const [newest] = (await list('limit=1')).items;
    expect(newest).toMatchObject({ fromMe: true, direction: 'in', text: 'typed on the phone' });
  });
});

describe('a text that cannot go', () => {
  it('is refused by WhatsApp with a code, which stays on the message', async () => {
    simulator.faults.add({ kind: 'nack', code: '403', times: 1, target: { phoneNumber: ANA } });
    const answer = await send(CITRA, 'unwanted');
    expect(answer).toMatchObject({ status: 422, code: 'SEND_REFUSED', details: { code: 403 } });
    const { messageId } = answer.details;
    await reaches(String(messageId), 'failed');
    const { data } = await server.api.get(`devices/ana/messages/${messageId}`);
    expect(data).toMatchObject({ status: 'failed', error: { code: 'WA_403' } });
    expect(
      simulator
        .phone(CITRA)
        .messages()
        .map(({ text }) => text),
    ).not.toContain('unwanted');
  });

  it('goes to nobody when the number is not on WhatsApp', async () => {
    const answer = await send('+6281277777777', 'anybody there?');
    expect(answer).toMatchObject({ status: 422, code: 'SEND_REFUSED' });
    const { data } = await server.api.get(`devices/ana/messages/${answer.details.messageId}`);
    expect(data).toMatchObject({ status: 'failed', to: '6281277777777@s.whatsapp.net' });
  });

  it('may have left when the connection breaks before the ack: it says so, arrives once, and is found delivered', async () => {
    simulator.faults.add({ kind: 'cut-before-ack', times: 1, target: { phoneNumber: ANA } });
    const answer = await send(CITRA, 'was it sent?');
    expect(answer).toMatchObject({ status: 202, data: { status: 'sending' } });
    await server.waitForStatus('ana', 'connected');
    await reaches(answer.data.messageId, 'delivered');
    const copies = simulator
      .phone(CITRA)
      .messages()
      .filter(({ text }) => text === 'was it sent?');
    expect(copies).toHaveLength(1);
  });

  it('is refused at once where no device is connected', async () => {
    await server.createDevice('idle');
    const { data: before } = await server.api.get<Page>('devices/idle/messages');
    const answer = await server.api.post('devices/idle/send-message', { to: BUDI, message: 'hello?' });
    expect(answer).toMatchObject({
      status: 409,
      code: 'DEVICE_NOT_CONNECTED',
      details: { deviceId: 'idle' },
    });
    expect((await server.api.get<Page>('devices/idle/messages')).data).toEqual(before);
    const unknown = await server.api.post('devices/nobody/send-message', { to: BUDI, message: 'hello?' });
    expect(unknown).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
    const missing = await server.api.get('devices/ana/messages/3EB0000000000000000000');
    expect(missing).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' });
    const foreign = await server.api.get(
      `devices/idle/messages/${(await list('limit=1', 'ana')).items[0]?.messageId}`,
    );
    expect(foreign).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' });
  });
});

/** What the server of the simulator did with the message of this id, as ana sent it. */
function serverSaw(messageId: string): string[] {
  const records = simulator.history.records((each) => 'id' in each && each.id === messageId);
  return records.map(({ kind }) => kind).filter((kind) => kind === 'message' || kind === 'ack');
}
