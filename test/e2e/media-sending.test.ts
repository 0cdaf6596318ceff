import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { createCompanion } from '../support/companion.ts';
import { jobSteps } from '../support/jobs.ts';
import * as files from '../support/media-files.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

interface Job {
  readonly jobId: string;
}

interface Sent {
  readonly messageId: string;
  readonly status: string;
  readonly results: readonly { messageId: string; success: boolean; error: { code: string } | null }[];
}

let simulator: TestSimulator;
let server: TestServer;
let budi: Phone;
let groupId: string;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({
    simulator,
    environment: { WA_MEDIA_ORIGIN: simulator.mediaOrigin, WA_MEDIA_CA: simulator.caFile },
  });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  budi = simulator.phone(BUDI, 'Budi');
  const made = await server.api.post<{ group: { groupId: string } }>('devices/ana/groups', {
    subject: 'the shop',
    participants: [BUDI],
  });
  ({ groupId } = made.data.group);
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const form = (fields: Readonly<Record<string, string>>, file: Uint8Array, name = 'file') => {
  const data = new FormData();
  const entries = Object.entries(fields);
  for (const [key, value] of entries.slice(0, 1)) data.append(key, value);
  data.append('file', new Blob([Buffer.from(file)]), name);
  for (const [key, value] of entries.slice(1)) data.append(key, value);
  return data;
};
const postForm = async (path: string, data: FormData) => {
  const response = await fetch(`${server.api.url}/api/whatsapp-multi-device/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.api.key}` },
    body: data,
  });
  const answer: { data: Sent; error?: { code: string } } = JSON.parse(await response.text());
  return { status: response.status, data: answer.data, code: answer.error?.code ?? null };
};
const arrived = async (messageId: string) =>
  (
    await waitForMessage(
      budi,
      ({ id, media }) => id === messageId && (media?.state === 'downloaded' || media?.state === 'failed'),
    )
  ).media;

describe('each kind of file', () => {
  const kinds: readonly [string, () => Promise<Uint8Array> | Uint8Array][] = [
    ['image', files.jpegFile],
    ['video', files.mp4File],
    ['gif', files.mp4File],
    ['audio', files.mp3File],
    ['voice', files.opusFile],
    ['document', files.pdfFile],
    ['sticker', files.webpFile],
  ];

  it.each(kinds)(
    'as %s arrives in a chat and in a group with the bytes it was sent with',
    async (kind, make) => {
      const file = Buffer.from(await make());
      const hash = files.sha256Of(file);
      const body = { mediaType: kind, base64: file.toString('base64') };
      const chat = await server.api.post<Sent>('devices/ana/send-media', { to: BUDI, ...body });
      expect([chat.status, chat.data?.status]).toEqual([200, 'server_ack']);
      const group = await server.api.post<Sent>(`devices/ana/groups/${groupId}/send-media`, body);
      expect(group.status).toBe(200);
      for (const { messageId } of [chat.data, group.data]) {
        const media = await arrived(messageId);
        expect(media).toMatchObject({ state: 'downloaded', problem: null, bytes: file.length });
        expect(media?.received?.sha256).toBe(hash);
      }
    },
  );

  it('as a form, with fields before and after the file', async () => {
    const file = files.pdfFile(300_000);
    const data = form({ to: BUDI, mediaType: 'document', fileName: 'price list.pdf', caption: 'new' }, file);
    const { status, data: sent } = await postForm('devices/ana/send-media', data);
    expect(status).toBe(200);
    const media = await arrived(sent.messageId);
    expect(media).toMatchObject({ fileName: 'price list.pdf', mimetype: 'application/pdf', problem: null });
    expect(media?.received?.sha256).toBe(files.sha256Of(file));
  });

  it('through the general door, as a reply that names somebody', async () => {
    const { data } = await server.api.post<Sent>('devices/ana/send-message', { to: BUDI, message: 'look:' });
    const file = await files.pngFile();
    const sent = await server.api.post<Sent>('devices/ana/messages', {
      to: BUDI,
      type: 'image',
      base64: file.toString('base64'),
      caption: `for @${BUDI}`,
      quotedMessageId: data.messageId,
      mentions: [BUDI],
    });
    expect(sent.status).toBe(200);
    expect((await arrived(sent.data.messageId))?.received?.sha256).toBe(files.sha256Of(file));
    const view = await server.api.get(`devices/ana/messages/${sent.data.messageId}`);
    expect(view.data).toMatchObject({ type: 'image', text: `for @${BUDI}` });
  });
});

describe('many files', () => {
  it('have a result each, and a bad one does not stop the others', async () => {
    const [good, picture] = [files.pdfFile(), await files.pngFile()];
    const { status, data } = await server.api.post<Sent>('devices/ana/send-media', {
      delay: 0,
      items: [
        { to: BUDI, mediaType: 'document', base64: good.toString('base64') },
        { to: BUDI, mediaType: 'image', base64: `${picture.toString('base64')}!` },
        { to: BUDI, mediaType: 'image', base64: picture.toString('base64'), mimetype: 'image/jpeg' },
        { to: 'nobody', mediaType: 'image', base64: picture.toString('base64') },
        { to: BUDI, mediaType: 'image', url: 'file:///etc/passwd' },
        { to: BUDI, mediaType: 'image', url: 'https://127.0.0.1/a.png' },
        { to: BUDI, mediaType: 'image' },
        { to: BUDI, mediaType: 'image', base64: picture.toString('base64') },
      ],
    });
    expect(status).toBe(200);
    expect(data.results.map(({ success, error }) => (success ? 'sent' : error?.code))).toEqual([
      'sent',
      'MEDIA_BASE64_INVALID',
      'MEDIA_TYPE_MISMATCH',
      'RECIPIENT_INVALID',
      'URL_INVALID',
      'URL_NOT_ALLOWED',
      'VALIDATION_FAILED',
      'sent',
    ]);
    const last = data.results.at(-1)?.messageId ?? '';
    expect((await arrived(last))?.received?.sha256).toBe(files.sha256Of(picture));
  });

  it('go out as a job, to people and to a group, the same one once', async () => {
    const [one, two] = [files.pdfFile(2_000), files.pdfFile(3_000)];
    const item = { to: BUDI, mediaType: 'document', base64: one.toString('base64') };
    const items = [item, item, { ...item, base64: two.toString('base64'), caption: 'the second' }];
    const job = await server.api.post<Job>('devices/ana/jobs/send-media', { items, delay: 0 });
    expect(job).toMatchObject({ status: 202, data: { total: 2, duplicateCount: 1 } });
    const toGroup = await server.api.post<Job>(`devices/ana/groups/${groupId}/jobs/send-media`, {
      items: [{ mediaType: 'document', base64: two.toString('base64') }],
      delay: 0,
    });
    expect(toGroup).toMatchObject({ status: 202, data: { total: 1 } });
    for (const { jobId } of [job.data, toGroup.data]) {
      await jobSteps({ server, simulator }).until(jobId, ({ status }) => status === 'completed');
    }
    const ledger = await server.api.get<{ items: readonly { messageId: string }[] }>(
      `jobs/${job.data.jobId}/items`,
    );
    const hashes = await Promise.all(
      ledger.data.items.map(async ({ messageId }) => (await arrived(messageId))?.received?.sha256),
    );
    expect(hashes).toEqual([files.sha256Of(one), files.sha256Of(two)]);
  });

  it('are refused as a job when one is bad, and all bad ones are named', async () => {
    const items = [
      { to: BUDI, mediaType: 'image', base64: 'AAAA' },
      { to: BUDI, mediaType: 'document', base64: files.pdfFile().toString('base64') },
      { to: 'x', mediaType: 'film', url: 'ftp://a.example/b' },
    ];
    const { status, details } = await server.api.post<Job>('devices/ana/jobs/send-media', { items });
    expect(status).toBe(400);
    expect(details).toMatchObject({
      invalidCount: 2,
      items: [
        { index: 0, field: 'file' },
        { index: 2, field: 'to' },
        { index: 2, field: 'mediaType' },
      ],
    });
  });
});

describe('an upload', () => {
  const send = async (file: Uint8Array) =>
    server.api.post<Sent>('devices/ana/send-media', {
      to: BUDI,
      mediaType: 'document',
      base64: Buffer.from(file).toString('base64'),
    });
  const uploads = () => simulator.history.of('media').filter(({ action }) => action === 'upload');

  it.each([
    ['refused', { kind: 'media-refused', at: 'upload', status: 503 } as const],
    ['cut', { kind: 'media-cut', at: 'upload', afterBytes: 10 } as const],
    ['corrupted', { kind: 'media-corrupt', at: 'upload' } as const],
  ])('that is %s is made again, under the same id', async (_name, fault) => {
    const file = files.pdfFile(50_000);
    simulator.faults.add({ ...fault, times: 1 });
    const { status, data } = await send(file);
    expect([status, data.status]).toEqual([200, 'server_ack']);
    expect((await arrived(data.messageId))?.received?.sha256).toBe(files.sha256Of(file));
    const view = await server.api.get(`devices/ana/messages/${data.messageId}`);
    expect(view.data).toMatchObject({ attempts: 2 });
  });

  it('is made once, also when the message is sent again', async () => {
    const before = uploads().length;
    simulator.faults.add({ kind: 'nack', code: '500', times: 1, target: { phoneNumber: ANA } });
    const file = files.pdfFile(7_000);
    const { data } = await send(file);
    expect((await arrived(data.messageId))?.received?.sha256).toBe(files.sha256Of(file));
    const view = await server.api.get(`devices/ana/messages/${data.messageId}`);
    expect(view.data).toMatchObject({ attempts: 2 });
    expect(uploads().length).toBe(before + 1);
  });

  it('leaves no file of its own behind', async () => {
    await send(files.pdfFile(9_000));
    expect(readdirSync(join(server.dataDir, 'media', 'tmp'))).toEqual([]);
  });
});

describe('a file for later', () => {
  it('is taken when it is scheduled, and sent when it is due', async () => {
    const file = files.pdfFile(4_321);
    const at = new Date(Date.now() + 1_500).toISOString();
    const data = form({ to: BUDI, mediaType: 'document', scheduleTime: at, caption: 'later' }, file);
    const { status } = await postForm('devices/ana/schedule-message', data);
    expect(status).toBe(201);
    const { media } = await waitForMessage(
      budi,
      (message) => message.media?.state === 'downloaded' && message.media.bytes === file.length,
    );
    expect(media?.received?.sha256).toBe(files.sha256Of(file));
  });
});

describe('a recipient that could not decrypt a file', () => {
  it('is told once more where it is, without another upload', async () => {
    const citra = createCompanion({ url: simulator.url });
    onTestFinished(() => citra.stop());
    citra.connect();
    await simulator.phone(CITRA, 'Citra').scanQr(await citra.nextQr());
    await citra.opened();
    await citra.synced();
    simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target: { phoneNumber: CITRA, device: 1 } });
    const file = await files.pngFile();
    const { data } = await server.api.post<Sent>('devices/ana/send-media', {
      to: CITRA,
      mediaType: 'image',
      base64: file.toString('base64'),
    });
    const before = simulator.history.of('media').filter(({ action }) => action === 'upload').length;
    const again = await citra.messages.waitFor(
      ({ key, message }) => key.id === data.messageId && Boolean(message),
    );
    const said = again.message?.imageMessage;
    expect(Buffer.from(said?.fileSha256 ?? []).toString('hex')).toBe(files.sha256Of(file));
    expect(simulator.history.of('media').filter(({ action }) => action === 'upload').length).toBe(before);
  });
});
