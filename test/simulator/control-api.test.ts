import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

let simulator: TestSimulator;
let companions: Companion[] = [];

const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const call = async (method: string, path: string, body?: unknown, token = simulator.controlToken) => {
  const response = await fetch(new URL(path, simulator.controlUrl), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer: Answer = { status: response.status, body: await json(response) };
  return answer;
};
const codeOf = ({ body }: Answer) => (body.error as { code: string } | undefined)?.code;

const companion = (config = {}) => {
  const created = createCompanion({ url: simulator.url, config });
  companions.push(created);
  created.connect();
  return created;
};
const paired = async (phone: string) => {
  const device = companion();
  expect(await call('POST', `/phones/${phone}/scan`, { qr: await device.nextQr() })).toMatchObject({
    status: 200,
  });
  await device.synced();
  return device;
};

beforeEach(async () => {
  simulator = await startTestSimulator();
  await call('POST', '/phones', { phoneNumber: ANA, pushName: 'Ana' });
  await call('POST', '/phones', { phoneNumber: BUDI, pushName: 'Budi' });
});
afterEach(async () => {
  await Promise.all(companions.map((created) => created.stop()));
  companions = [];
  await simulator.close();
});

describe('who may steer', () => {
  it.each(['', 'wrong', 'Bearer'])('nobody with the token %j', async (token) => {
    const answer = await call('GET', '/phones', undefined, token);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('listens on loopback only', () => {
    expect(new URL(simulator.controlUrl).hostname).toBe('127.0.0.1');
  });
});

describe('phones', () => {
  it('are made, listed and read', async () => {
    const made = await call('POST', '/phones', { phoneNumber: '+62 812-0000-0003', pushName: 'Citra' });
    expect(made).toMatchObject({ status: 201, body: { phoneNumber: '6281200000003', pushName: 'Citra' } });
    const { body } = await call('GET', '/phones');
    expect(body.phones).toHaveLength(3);
    expect((await call('GET', '/phones/6281200000003')).body).toMatchObject({ devices: [], messages: 0 });
    expect((await call('GET', '/accounts')).body.accounts).toHaveLength(3);
  });

  it.each([
    ['POST', '/phones', { phoneNumber: ANA }, 409, 'PHONE_EXISTS'],
    ['POST', '/phones', { phoneNumber: 'hello' }, 400, 'INVALID_REQUEST'],
    ['POST', '/phones', { phoneNumber: '62899', colour: 'red' }, 400, 'INVALID_REQUEST'],
    ['POST', '/phones', '{"phoneNumber":', 400, 'INVALID_REQUEST'],
    ['GET', '/phones/6289999999999', undefined, 404, 'PHONE_NOT_FOUND'],
    ['POST', `/phones/${ANA}/scan`, { qr: 'hello' }, 400, 'QR_MALFORMED'],
    ['POST', `/phones/${ANA}/pairing-code`, { code: '123' }, 400, 'INVALID_REQUEST'],
    ['POST', `/phones/${ANA}/pairing-code`, { code: 'ABCD-2345' }, 409, 'NO_COMPANION_WAITS'],
    ['POST', `/phones/${ANA}/send`, { to: '6289999999999', text: 'x' }, 422, 'RECIPIENT_UNKNOWN'],
    ['POST', `/phones/${ANA}/send`, { to: BUDI, text: '' }, 400, 'INVALID_REQUEST'],
    ['POST', `/phones/${ANA}/read`, { ids: ['nothing'] }, 404, 'MESSAGE_NOT_FOUND'],
    ['DELETE', `/phones/${ANA}/devices/7`, undefined, 404, 'DEVICE_NOT_FOUND'],
    ['POST', `/devices/${ANA}/7/end`, { how: 'cut' }, 409, 'DEVICE_NOT_CONNECTED'],
    ['POST', `/devices/${ANA}/7/end`, { how: 'gently' }, 400, 'INVALID_REQUEST'],
    ['POST', '/faults', { kind: 'nack' }, 400, 'INVALID_REQUEST'],
    ['DELETE', '/faults/fault-9', undefined, 404, 'FAULT_NOT_FOUND'],
    ['GET', '/history?limit=0', undefined, 400, 'INVALID_REQUEST'],
    ['GET', '/nowhere', undefined, 404, 'ROUTE_NOT_FOUND'],
  ])('%s %s with %j is %i %s', async (method, path, body, status, code) => {
    const answer = await call(method, path, body);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('a body', () => {
  it('is refused when it is huge', async () => {
    const answer = await call('POST', '/phones', { phoneNumber: '62899', pushName: 'x'.repeat(300_000) });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'INVALID_REQUEST']);
  });
});

describe('a whole conversation over the API', () => {
  it('pairs, sends, reads and unlinks', async () => {
    const device = await paired(ANA);
    const sent = await call('POST', `/phones/${BUDI}/send`, { to: ANA, text: 'hello', id: 'HELLO-1' });
    expect(sent).toMatchObject({ status: 201, body: { id: 'HELLO-1', status: 'sent', peer: ANA } });
    const { key } = await device.messages.waitFor(({ message }) => message?.conversation === 'hello');
    await device.socket().sendMessage(key.remoteJid ?? '', { text: 'hello yourself' });
    await simulator.history.waitFor((record) => record.kind === 'receipt' && record.from.startsWith(BUDI));

    const inbox = await call('GET', `/phones/${BUDI}/messages?direction=received&peer=${ANA}`);
    expect(inbox.body).toMatchObject({
      total: 1,
      messages: [{ text: 'hello yourself', status: 'received' }],
    });
    expect((await call('POST', `/phones/${BUDI}/read`, { from: ANA })).body).toEqual({ read: 1 });
    await device.updates.waitFor(({ update }) => update.status === 4);

    const replied = await call('POST', `/phones/${ANA}/messages/HELLO-1/reply`, { text: 'from the phone' });
    expect(replied).toMatchObject({ status: 201, body: { peer: BUDI } });

    const unlinked = await call('DELETE', `/phones/${ANA}/devices/1`);
    expect(unlinked).toMatchObject({ status: 200, body: { devices: [] } });
    await device.closes.waitFor((code) => code === 401);
  });

  it('pairs by code', async () => {
    const device = companion();
    await device.nextQr();
    const code = await device.socket().requestPairingCode(BUDI);
    expect(await call('POST', `/phones/${BUDI}/pairing-code`, { code: 'ABCD2345' })).toMatchObject({
      status: 403,
    });
    expect(await call('POST', `/phones/${BUDI}/pairing-code`, { code })).toMatchObject({
      body: { device: 1 },
    });
    await device.opened();
  });

  it('answers by itself', async () => {
    const device = await paired(ANA);
    await call('PUT', `/phones/${BUDI}/auto-reply`, { text: 'got {text}' });
    await device.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'it' });
    await device.messages.waitFor(({ message }) => message?.conversation === 'got it');
    const shown = { autoReply: { text: 'got {text}', match: null } };
    expect((await call('GET', `/phones/${BUDI}`)).body).toMatchObject(shown);
    expect((await call('DELETE', `/phones/${BUDI}/auto-reply`)).body).toEqual({ autoReply: null });
  });
});

describe('the messages of a phone', () => {
  it('are read backwards by the oldest one seen', async () => {
    for (const id of ['M1', 'M2', 'M3', 'M4']) {
      await call('POST', `/phones/${BUDI}/send`, { to: ANA, text: id, id });
    }
    const idsOf = async (query: string) => {
      const { body } = await call('GET', `/phones/${BUDI}/messages?${query}`);
      return { total: body.total, ids: (body.messages as { id: string }[]).map(({ id }) => id) };
    };
    expect(await idsOf('limit=2')).toEqual({ total: 4, ids: ['M3', 'M4'] });
    expect(await idsOf('limit=2&before=M3')).toEqual({ total: 4, ids: ['M1', 'M2'] });
    expect(await idsOf('limit=2&before=M1')).toEqual({ total: 4, ids: [] });
    expect(await idsOf('before=M9')).toEqual({ total: 4, ids: [] });
  });
});

describe('endings', () => {
  it.each([
    [{ how: 'stream-error', code: '503' }, 503],
    [{ how: 'conflict' }, 440],
    [{ how: 'xmlstreamend' }, 428],
    [{ how: 'close' }, 428],
    [{ how: 'cut' }, 428],
  ])('%j closes the device with %i', async (body, code) => {
    const device = await paired(ANA);
    expect(await call('POST', `/devices/${ANA}/1/end`, body)).toMatchObject({ status: 200 });
    await device.closes.waitFor((closed) => closed === code);
  });
});

describe('faults', () => {
  it('are armed, strike, are counted and disarmed', async () => {
    const device = await paired(ANA);
    const target = { phoneNumber: ANA };
    const armed = await call('POST', '/faults', { kind: 'nack', code: '463', times: 2, target });
    expect(armed).toMatchObject({ status: 201, body: { id: expect.any(String) } });
    const sent = await device.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'refused' });
    await simulator.history.waitFor((record) => record.kind === 'ack' && record.error === '463');
    expect((await call('GET', '/faults')).body.faults).toMatchObject([
      { strikes: 1, fault: { kind: 'nack' } },
    ]);
    expect((await call('DELETE', `/faults/${armed.body.id}`)).body).toEqual({ faults: [] });
    const refusals = await call('GET', '/history?kind=ack&device=6281200000001');
    expect(refusals.body.records).toMatchObject([{ id: sent?.key.id, error: '463' }]);
  });
});

describe('the history', () => {
  it('is filtered by id and by sequence', async () => {
    await call('POST', `/phones/${ANA}/send`, { to: BUDI, text: 'x', id: 'X-1' });
    const { body } = await call('GET', '/history?id=X-1');
    const records = body.records as { kind: string; sequence: number }[];
    expect(records.map(({ kind }) => kind)).toContain('message');
    const last = records.at(-1)?.sequence ?? 0;
    expect((await call('GET', `/history?id=X-1&after=${last}`)).body).toMatchObject({
      records: [],
      total: 0,
    });
  });

  it('is streamed as it happens, and from where a reader left off', async () => {
    await call('POST', `/phones/${ANA}/send`, { to: BUDI, text: 'x', id: 'X-1' });
    const stop = new AbortController();
    const response = await fetch(new URL('/events?after=0', simulator.controlUrl), {
      headers: { authorization: `Bearer ${simulator.controlToken}` },
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await call('POST', `/phones/${ANA}/send`, { to: BUDI, text: 'y', id: 'Y-1' });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('Y-1')) break;
    }
    expect(text).toMatch(/id: \d+\nevent: message\ndata: \{.*"X-1"/);
  });

  it('lets go of its readers when the simulator closes', async () => {
    const response = await fetch(new URL('/events', simulator.controlUrl), {
      headers: { authorization: `Bearer ${simulator.controlToken}` },
    });
    await simulator.close();
    await expect(response.text()).resolves.toContain('connected');
  });
});

describe("the upstream suite's own route", () => {
  const scanUrl = () =>
    `${simulator.url.replace(/^ws/, 'http').replace('/ws/chat', '')}/admin/mock-phone/scan-qr`;

  it('scans with a phone of its own, without a token, on the address of the WebSocket', async () => {
    const device = companion();
    const response = await fetch(scanUrl(), { method: 'POST', body: await device.nextQr() });
    expect(response.status).toBe(200);
    const { phoneNumber } = await json(response);
    await device.opened();
    expect(device.auth.creds.me?.id).toBe(`${phoneNumber}:1@s.whatsapp.net`);
  });

  it('calls the phone it makes as the client called itself', async () => {
    const device = companion({ pushName: 'suite-7' });
    const response = await fetch(scanUrl(), { method: 'POST', body: await device.nextQr() });
    const { phoneNumber } = await json(response);
    expect((await call('GET', `/phones/${phoneNumber}`)).body).toMatchObject({ pushName: 'suite-7' });
  });

  it('scans with the phone that is named, on the control address as well', async () => {
    const device = companion();
    const url = new URL(`/admin/mock-phone/scan-qr?pn=${ANA}`, simulator.controlUrl);
    const body = new TextEncoder().encode(await device.nextQr());
    expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
    await device.opened();
    expect(device.auth.creds.me?.id).toBe(`${ANA}:1@s.whatsapp.net`);
  });

  it('makes no phone for nonsense, and serves nothing else there', async () => {
    expect((await fetch(scanUrl(), { method: 'POST', body: 'nonsense' })).status).toBe(400);
    expect((await fetch(scanUrl(), { method: 'POST' })).status).toBe(400);
    expect(simulator.phones.list()).toHaveLength(2);
    const other = await fetch(scanUrl().replace('/admin/mock-phone/scan-qr', '/phones'));
    expect(other.status).toBe(404);
  });
});
