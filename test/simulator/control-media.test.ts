import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

let simulator: TestSimulator;

const call = (method: string, path: string, body?: object) =>
  fetch(new URL(path, simulator.controlUrl), {
    method,
    headers: {
      authorization: `Bearer ${simulator.controlToken}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });

beforeEach(async () => {
  simulator = await startTestSimulator();
  simulator.phone(ANA);
  simulator.phone(BUDI);
});
afterEach(() => simulator.close());

it('a file is sent, read, and forgotten by the host over the API', async () => {
  const file = randomBytes(400_000);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const body = { to: BUDI, kind: 'document', data: file.toString('base64'), fileName: 'a.bin' };
  const sent = await call('POST', `/phones/${ANA}/send-media`, body);
  expect(sent.status).toBe(201);
  const { id } = Object(await sent.json());
  const { media } = await waitForMessage(
    simulator.phone(BUDI),
    (message) => message.id === id && message.media?.state === 'downloaded',
  );
  expect(media).toMatchObject({ fileName: 'a.bin', received: { bytes: file.length, sha256 } });
  const read = await call('GET', `/phones/${BUDI}/messages/${id}/media`);
  expect(Buffer.compare(Buffer.from(await read.arrayBuffer()), file)).toBe(0);
  expect(await (await call('POST', '/media/expire', {})).json()).toEqual({ expired: 1 });
  expect((await call('GET', `/phones/${BUDI}/messages/nothing/media`)).status).toBe(404);
});
