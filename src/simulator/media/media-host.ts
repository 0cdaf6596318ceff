import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Clock } from '../../shared/clock.ts';
import type { Fault, FaultKind, FaultMoment } from '../faults/fault.ts';
import type { FaultOf } from '../faults/fault-plan.ts';
import { LOOPBACK, listen } from '../server/front.ts';
import type { HistoryEvent } from '../server/history.ts';
import type { MediaStore } from './media-store.ts';
import type { TlsIdentity } from './media-tls.ts';
import { cutShort, flipOneBit, slowed } from './transfer.ts';

/** The HTTPS host that files are uploaded to and downloaded from. */
export interface MediaHost {
  /** `127.0.0.1:PORT`, as `media_conn` names it. */
  readonly host: string;
  close(): Promise<void>;
}

export interface MediaHostOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly tls: TlsIdentity;
  readonly store: MediaStore;
  readonly clock: Clock;
  /** A fault that strikes a transfer now. */
  readonly strike: <Kind extends FaultKind>(kinds: readonly Kind[], at: FaultMoment) => FaultOf<Kind> | null;
  /** The image of a profile picture. */
  readonly picture: (id: string) => Uint8Array | null;
  readonly record: (event: HistoryEvent) => void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Hex. */
  readonly hash: string;
}

const FAULTS = ['media-refused', 'media-slow', 'media-cut', 'media-corrupt'] as const;
type MediaFault = Extract<Fault, { kind: (typeof FAULTS)[number] }>;

/** Uploads go to a path of the kind of file, downloads to the one the upload was told. */
const UPLOAD_PATH = /^\/(?:mms|product|pps|newsletter)\/[\w-]+\/([\w-]{43}=?)$/;
const PICTURE_PATH = /^\/pps\/(\w{1,40})$/;
const DOWNLOAD_PATH = /^\/v\/([0-9a-f]{64})$/;

/** Listens on loopback. Rejects when the port is taken. */
export async function openMediaHost(options: MediaHostOptions): Promise<MediaHost> {
  const { tls, port } = options;
  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, (request, response) => {
    // Whoever leaves in the middle has no use for an answer.
    serve(options, request, response).catch(() => response.destroy());
  });
  const host = `${LOOPBACK}:${await listen(server, port)}`;
  return {
    host,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  options: MediaHostOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://media');
  if (request.method === 'POST') {
    const [, encoded] = UPLOAD_PATH.exec(pathname) ?? [];
    if (encoded === undefined) return refuse(response, 404);
    if (!searchParams.get('auth')) return refuse(response, 401);
    const hash = Buffer.from(encoded, 'base64url').toString('hex');
    return takeUpload(options, { request, response, hash });
  }
  const [, picture] = PICTURE_PATH.exec(pathname) ?? [];
  if (picture !== undefined) return showPicture(response, options.picture(picture));
  const [, hash] = DOWNLOAD_PATH.exec(pathname) ?? [];
  if (hash === undefined) return refuse(response, 404);
  return giveDownload(options, { request, response, hash });
}

async function takeUpload(options: MediaHostOptions, exchange: Exchange): Promise<void> {
  const { request, response, hash } = exchange;
  const fault = options.strike(FAULTS, 'upload');
  if (fault?.kind === 'media-refused') {
    request.resume();
    record(options, exchange, { status: fault.status, bytes: 0 });
    return refuse(response, fault.status);
  }
  const upload = await options.store.take(hash, throughFault(options, fault, request));
  const status = { stored: 200, 'other-hash': 400, 'too-large': 413 }[upload.kind];
  record(options, exchange, { status, bytes: upload.kind === 'stored' ? upload.bytes : 0 });
  if (upload.kind !== 'stored') return refuse(response, status);
  const path = `/v/${hash}`;
  answer(response, 200, { url: `https://${request.headers.host}${path}`, direct_path: path });
}

async function giveDownload(options: MediaHostOptions, exchange: Exchange): Promise<void> {
  const { request, response, hash } = exchange;
  const fault = options.strike(FAULTS, 'download');
  const file = options.store.find(hash);
  const refusal =
    fault?.kind === 'media-refused' ? fault.status : { found: null, gone: 410, unknown: 404 }[file.kind];
  if (refusal !== null || file.kind !== 'found') {
    record(options, exchange, { status: refusal ?? 404, bytes: 0 });
    return refuse(response, refusal ?? 404);
  }
  const range = rangeOf(request.headers.range, file.bytes);
  if (!range) {
    response.setHeader('content-range', `bytes */${file.bytes}`);
    return refuse(response, 416);
  }
  const { start, end, status } = range;
  record(options, exchange, { status, bytes: end - start + 1 });
  response.writeHead(status, {
    'content-type': 'application/octet-stream',
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    ...(status === 206 && { 'content-range': `bytes ${start}-${end}/${file.bytes}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  for await (const chunk of throughFault(options, fault, file.read(start, end))) {
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

function showPicture(response: ServerResponse, image: Uint8Array | null): void {
  if (!image) {
    refuse(response, 404);
    return;
  }
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': image.length }).end(image);
}

/** Bytes as a fault lets them through. */
function throughFault(
  { clock }: MediaHostOptions,
  fault: MediaFault | null,
  source: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  switch (fault?.kind) {
    case 'media-slow':
      return slowed(source, { clock, bytesPerSecond: fault.bytesPerSecond });
    case 'media-cut':
      return cutShort(source, fault.afterBytes ?? 0);
    case 'media-corrupt':
      return flipOneBit(source);
    default:
      return source;
  }
}

/** The part of a file that is asked for; the whole without a `Range`, null when there is no such part. */
function rangeOf(header: string | undefined, bytes: number) {
  if (header === undefined) return { start: 0, end: bytes - 1, status: 200 };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  return (from === '' && to === '') || start > end ? null : { start, end, status: 206 };
}

function record(
  { record: write }: MediaHostOptions,
  { request, hash }: Exchange,
  { status, bytes }: { status: number; bytes: number },
): void {
  const action = request.method === 'POST' ? 'upload' : 'download';
  write({ kind: 'media', action, hash, status, bytes });
}

function refuse(response: ServerResponse, status: number): void {
  answer(response, status, { error: { code: status } });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new Error('The reader has left'));
    response.once('close', leave);
    response.once('drain', () => {
      response.off('close', leave);
      resolve();
    });
  });
}
