import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateWAMessageContent, type proto } from '@whiskeysockets/baileys';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { sandboxMedia } from '../../src/whatsapp/sandbox-trust.ts';
import { type Companion, createCompanion } from './companion.ts';
import { startServer, type TestServer } from './server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from './simulator.ts';

/** What a message says of its file over the API. */
export interface MediaAnswer {
  readonly mimetype: string | null;
  readonly fileName: string | null;
  readonly sizeBytes: number | null;
  readonly seconds: number | null;
  readonly downloadPath: string;
}

export interface Download {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Of a failure. */
  readonly code: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Where the files of a simulator are, for the environment of a server. */
export function mediaEnvironment({ mediaOrigin, caFile }: TestSimulator): Record<string, string> {
  return { WA_MEDIA_ORIGIN: mediaOrigin, WA_MEDIA_CA: caFile };
}

export async function downloadFrom(
  { url, api }: Pick<TestServer, 'url' | 'api'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Download> {
  const response = await fetch(new URL(path, url), {
    headers: { authorization: `Bearer ${api.key}`, ...headers },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isFailure = response.status >= 400;
  const { code = null, details = {} } = isFailure ? JSON.parse(bytes.toString()).error : {};
  return { status: response.status, headers: response.headers, bytes, code, details };
}

/** The files a server has on its disk of those its devices received. */
export function keptFiles({ dataDir }: Pick<TestServer, 'dataDir'>): string[] {
  return readdirSync(join(dataDir, 'media', 'received'));
}

/** The host forgets all files. */
export async function expireFiles({ controlUrl, controlToken }: TestSimulator): Promise<void> {
  await fetch(new URL('/media/expire', controlUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
    body: '{}',
  });
}

/** A linked device of somebody who says of files what he likes. */
export interface Liar {
  readonly companion: Companion;
  /** Uploads a file as one should, and sends what `twist` makes of the message about it. Resolves with the id of the message. */
  send(
    to: string,
    twist: (image: proto.Message.IImageMessage) => proto.Message.IImageMessage,
  ): Promise<string>;
}

export async function createLiar(simulator: TestSimulator, phoneNumber: string): Promise<Liar> {
  const { agent, fetchOptions } = sandboxMedia({
    endpoint: simulator.url,
    rootKeyHex: simulator.rootKeyHex,
    mediaOrigin: simulator.mediaOrigin,
    mediaCaFile: simulator.caFile,
  });
  const companion = createCompanion({
    url: simulator.url,
    config: { fetchAgent: agent, options: fetchOptions },
  });
  companion.connect();
  await simulator.phone(phoneNumber).scanQr(await companion.nextQr());
  await companion.synced();
  return {
    companion,
    async send(to, twist) {
      const socket = companion.socket();
      const { imageMessage } = await generateWAMessageContent(
        { image: randomBytes(50_000), jpegThumbnail: '', caption: 'trust me' },
        { upload: socket.waUploadToServer },
      );
      if (!imageMessage) throw new Error('no image was made');
      return socket.relayMessage(`${to}@s.whatsapp.net`, { imageMessage: twist(imageMessage) }, {});
    },
  };
}

export const ANA = '6281200000001';
export const BUDI = '6281200000002';
const MALLORY = '6281200000004';

export interface MessageAnswer {
  readonly id: string;
  readonly messageId: string;
  readonly type: string;
  readonly media: MediaAnswer | null;
}

/** A server with a device (`ana`) that Budi sends files to, and Mallory, who lies about his. */
export interface MediaStage {
  readonly simulator: TestSimulator;
  readonly server: TestServer;
  readonly budi: Phone;
  readonly liar: Liar;
  /** The message as the API has it, once it is there. */
  received(messageId: string): Promise<MessageAnswer>;
  /** What it says of its file; rejects when it has none. */
  fileOf(messageId: string): Promise<MediaAnswer>;
  /** Ana's own phone fetches every file, too; faults and ears are for the server. */
  onPhone(messageId: string): Promise<unknown>;
  /** Resolves with the id when it is also on Ana's phone. */
  sendImage(file: Uint8Array): Promise<string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Download>;
  stop(): Promise<void>;
}

export async function openMediaStage(): Promise<MediaStage> {
  const simulator = await startTestSimulator();
  // What the operator opened is not for strangers' files.
  const environment = { ...mediaEnvironment(simulator), EGRESS_ALLOW: '127.0.0.1' };
  const server = await startServer({ simulator, environment });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const budi = simulator.phone(BUDI, 'Budi');
  simulator.phone(MALLORY, 'Mallory');
  const liar = await createLiar(simulator, MALLORY);

  const received = async (messageId: string) => {
    await server.waitForEvent(
      (event) => event.type === 'message' && JSON.stringify(event).includes(messageId),
    );
    return (await server.api.get<MessageAnswer>(`devices/ana/messages/${messageId}`)).data;
  };
  const onPhone = (messageId: string) =>
    waitForMessage(
      simulator.phone(ANA),
      ({ id, media }) => id === messageId && media !== null && media.state !== 'downloading',
    );
  return {
    simulator,
    server,
    budi,
    liar,
    received,
    async fileOf(messageId) {
      const { media } = await received(messageId);
      if (!media) throw new Error('the message has no file');
      return media;
    },
    onPhone,
    async sendImage(file) {
      const { id } = await budi.sendMedia(ANA, { kind: 'image', mimetype: 'image/png', file });
      await onPhone(id);
      return id;
    },
    get: (path, headers) => downloadFrom(server, path, headers),
    async stop() {
      await liar.companion.stop();
      await server.stop();
      await simulator.close();
    },
  };
}
