import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/api.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const CITRA = '6281200000003';
const DEWI = '6281200000004';

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  for (const number of [CITRA, DEWI]) simulator.phone(number);
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

interface Result {
  readonly index: number;
  readonly to: string;
  readonly success: boolean;
  readonly messageId: string | null;
  readonly status: string;
  readonly error: { readonly code: string } | null;
}
interface Bulk {
  readonly results: readonly Result[];
  readonly successCount: number;
  readonly errorCount: number;
  readonly pendingCount: number;
}
interface Sent {
  readonly messageId: string;
  readonly status: string;
}

const send = <Data = Sent>(body: object, headers: Record<string, string> = {}): Promise<Answer<Data>> =>
  server.api.call({ method: 'POST', path: 'devices/ana/send-message', body, headers });
/** Which of these ids the server saw, in order, each as often as it was submitted. */
const submissions = (messageIds: readonly (string | null)[]) =>
  simulator.history
    .records((each) => each.kind === 'message')
    .flatMap((each) => ('id' in each && messageIds.includes(each.id) ? [each.id] : []));

describe('several texts in one request', () => {
  it('have a result each; a bad one does not stop the others', async () => {
    const { status, data } = await send<Bulk>({
      messages: [
        { to: CITRA, message: 'bulk one' },
        { to: 'nobody', message: 'bulk two' },
        { to: DEWI, message: '' },
        { to: DEWI, message: 'bulk four' },
      ],
      delay: 0.3,
    });
    expect(status).toBe(200);
    expect(data).toMatchObject({ successCount: 2, errorCount: 2, pendingCount: 0 });
    expect(data.results).toMatchObject([
      { index: 0, to: `${CITRA}@s.whatsapp.net`, success: true, error: null },
      { index: 1, to: 'nobody', success: false, messageId: null, error: { code: 'RECIPIENT_INVALID' } },
      { index: 2, to: DEWI, success: false, messageId: null, error: { code: 'VALIDATION_FAILED' } },
      { index: 3, to: `${DEWI}@s.whatsapp.net`, success: true, error: null },
    ]);
    await waitForMessage(simulator.phone(DEWI), ({ text }) => text === 'bulk four');
    const ids = [data.results[0], data.results[3]].map((result) => result?.messageId ?? null);
    expect(submissions(ids)).toEqual(ids);
  });

  it('that WhatsApp refuses are told so', async () => {
    simulator.faults.add({ kind: 'nack', code: '400', times: 1, target: { phoneNumber: ANA } });
    const messages = ['refused', 'taken'].map((message) => ({ to: CITRA, message }));
    const { data } = await send<Bulk>({ messages, delay: 0 });
    expect(data.results).toMatchObject([
      { success: false, status: 'failed', messageId: expect.any(String), error: { code: 'WA_400' } },
      { success: true, error: null },
    ]);
  });

  it('let a single message of the device go in between', async () => {
    const messages = ['slow one', 'slow two'].map((message) => ({ to: CITRA, message }));
    const bulk = send<Bulk>({ messages, delay: 4 });
    await waitForMessage(simulator.phone(CITRA), ({ text }) => text === 'slow one');
    const single = await send({ to: CITRA, message: 'quick' });
    const { data } = await bulk;
    const order = submissions([...data.results.map(({ messageId }) => messageId), single.data.messageId]);
    expect(order[1]).toBe(single.data.messageId);
  });

  it('go out although nobody waits for the answer', async () => {
    const abort = new AbortController();
    const messages = ['left one', 'left two'].map((message) => ({ to: DEWI, message }));
    const asked = fetch(`${server.url}/api/whatsapp-multi-device/devices/ana/send-message`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.api.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages, delay: 3 }),
      signal: abort.signal,
    });
    await waitForMessage(simulator.phone(DEWI), ({ text }) => text === 'left one');
    abort.abort();
    await expect(asked).rejects.toThrow();
    await waitForMessage(simulator.phone(DEWI), ({ text }) => text === 'left two');
  });
});

describe('a request with an Idempotency-Key', () => {
  it('G27: a hundred at once send one message and have one answer', async () => {
    const body = { to: CITRA, message: 'only once' };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => send(body, { 'idempotency-key': 'hundred' })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true');
    expect(replayed).toHaveLength(99);
    expect(submissions([answers[0]?.data.messageId ?? null])).toHaveLength(1);
    const phone = simulator.phone(CITRA);
    expect(phone.messages().filter(({ text }) => text === 'only once')).toHaveLength(1);
  });

  it('is refused with another body, and is the same after a restart', async () => {
    const key = { 'idempotency-key': 'restarted' };
    const first = await send({ to: CITRA, message: 'before the restart' }, key);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await send({ to: CITRA, message: 'another' }, key)).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_MISMATCH',
    });
    server = await server.restart();
    await server.waitForStatus('ana', 'connected');
    const again = await send({ message: 'before the restart', to: CITRA }, key);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('tells the same refusal again without asking WhatsApp', async () => {
    simulator.faults.add({ kind: 'nack', code: '400', times: 1, target: { phoneNumber: ANA } });
    const key = { 'idempotency-key': 'refused' };
    const answers = [
      await send({ to: CITRA, message: 'no' }, key),
      await send({ to: CITRA, message: 'no' }, key),
    ];
    expect(answers.map(({ status, code }) => [status, code])).toEqual([
      [422, 'SEND_REFUSED'],
      [422, 'SEND_REFUSED'],
    ]);
    expect(answers[0]?.details).toEqual(answers[1]?.details);
  });

  it('covers bulk sends and jobs', async () => {
    const bulk = () =>
      send<Bulk>(
        { messages: [{ to: CITRA, message: 'bulk once' }], delay: 0 },
        { 'idempotency-key': 'bulk' },
      );
    expect((await bulk()).text).toBe((await bulk()).text);
    const job = () =>
      server.api.call<{ jobId: string }>({
        method: 'POST',
        path: 'devices/ana/jobs/send-text',
        body: { messages: [{ to: CITRA, message: 'job once' }], delay: 0 },
        headers: { 'idempotency-key': 'job' },
      });
    const [one, other] = [await job(), await job()];
    expect(one.text).toBe(other.text);
    expect((await server.api.get<{ total: number }>('jobs')).data.total).toBe(1);
  });
});

describe('somebody we write to', () => {
  it('is marked as a contact once, not with every message', async () => {
    const EKA = '6281200000005';
    simulator.phone(EKA);
    for (const message of ['one', 'two', 'three'])
      expect((await send({ to: EKA, message })).status).toBe(200);
    await waitForMessage(simulator.phone(EKA), ({ text }) => text === 'three');
    const marks = simulator.history.records(
      (each) => each.kind === 'delivery' && each.type === 'privacy_token' && each.device.startsWith(EKA),
    );
    expect(marks).toHaveLength(1);
  });
});
