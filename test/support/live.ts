import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Api } from './api.ts';

/** What arrives over a stream, in order. */
export interface Live<Event> {
  readonly all: readonly Event[];
  /**
   * The next event that passes, of those there are and those to come. Events before it are done with, so asking for one
   * after the other proves their order. Rejects when the stream ends first.
   */
  next(passes: (event: Event) => boolean): Promise<Event>;
  /** Resolves with how it ended, whoever ended it. */
  readonly ended: Promise<string>;
  close(): void;
}

/** A server-sent event: its id (empty where a stream cannot resume) and name, and the fields of its data. */
export interface ServerEvent {
  readonly id: string;
  readonly type: string;
  readonly deviceId: string;
  readonly [field: string]: unknown;
}

/** A frame of a device's WebSocket. */
export interface Frame {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface LiveSocket extends Live<Frame> {
  /** Sends an object as JSON, a text as it is. */
  send(frame: object | string): void;
}

/** Follows `GET /events`; resolves when the server has begun to answer. Rejects when it refuses. */
export async function openEvents(
  { url, key }: Pick<Api, 'url' | 'key'>,
  { lastEventId, deviceId }: { readonly lastEventId?: string; readonly deviceId?: string } = {},
): Promise<Live<ServerEvent>> {
  const address = new URL('/api/whatsapp-multi-device/events', url);
  if (deviceId !== undefined) address.searchParams.set('deviceId', deviceId);
  const abort = new AbortController();
  const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const headers = { authorization: `Bearer ${key}`, ...resume };
  const { status, body } = await fetch(address, { signal: abort.signal, headers });
  if (status !== 200 || !body) throw new Error(`the events were refused with ${status}`);
  const feed = createFeed<ServerEvent>(() => abort.abort());
  readEvents(body, feed.add).then(
    () => feed.end('the server ended the stream'),
    (error: unknown) => feed.end(String(error)),
  );
  return feed.live;
}

async function readEvents(body: ReadableStream<Uint8Array>, add: (event: ServerEvent) => void) {
  let pending = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (pending + chunk).split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => splitOnce(line, ': ')));
      const data = fields.get('data');
      if (data !== undefined)
        add({ ...JSON.parse(data), id: fields.get('id') ?? '', type: fields.get('event') });
    }
  }
}

function splitOnce(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return [line.slice(0, at), line.slice(at + separator.length)];
}

/** Watches one device over its WebSocket; rejects when the upgrade is refused. */
export async function openSocket(
  { url, key }: Pick<Api, 'url' | 'key'>,
  deviceId: string,
  { lastEventId }: { readonly lastEventId?: string } = {},
): Promise<LiveSocket> {
  const address = new URL(socketAddress(url, deviceId));
  if (lastEventId !== undefined) address.searchParams.set('lastEventId', lastEventId);
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${key}` } });
  const feed = createFeed<Frame>(() => socket.close());
  socket.on('message', (data) => feed.add(JSON.parse(String(data))));
  socket.on('close', (code) => feed.end(String(code)));
  await once(socket, 'open');
  return {
    ...feed.live,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
  };
}

/** How the upgrade of a caller with these headers is refused; throws when it is let in. */
export async function refusedUpgrade(
  url: string,
  { deviceId, headers }: { deviceId: string; headers: Readonly<Record<string, string>> },
): Promise<{ status: number; code: string }> {
  const socket = new WebSocket(socketAddress(url, deviceId), { headers });
  const answered = Promise.withResolvers<NodeJS.ReadableStream & { statusCode?: number | undefined }>();
  socket.on('unexpected-response', (_request, response) => answered.resolve(response));
  socket.on('open', () => answered.reject(new Error('the upgrade was let in')));
  socket.on('error', answered.reject);
  const response = await answered.promise;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, code: JSON.parse(text).error.code };
}

function socketAddress(url: string, deviceId: string): string {
  return `${url.replace('http', 'ws')}/api/whatsapp-multi-device/devices/${deviceId}/ws`;
}

/** The reading side of a stream; `close` is how its owner hangs up. */
function createFeed<Event>(close: () => void) {
  const all: Event[] = [];
  const ended = Promise.withResolvers<string>();
  let reason: string | null = null;
  let taken = 0;
  let waiting: { passes(event: Event): boolean; answer: PromiseWithResolvers<Event> } | null = null;

  const offer = () => {
    while (waiting && taken < all.length) {
      const event = all[taken];
      taken += 1;
      if (event === undefined || !waiting.passes(event)) continue;
      waiting.answer.resolve(event);
      waiting = null;
    }
    if (waiting && reason !== null) waiting.answer.reject(new Error(`the stream ended: ${reason}`));
  };
  const live: Live<Event> = {
    all,
    next(passes) {
      if (waiting) throw new Error('somebody waits for an event already');
      waiting = { passes, answer: Promise.withResolvers<Event>() };
      const { promise } = waiting.answer;
      offer();
      return promise;
    },
    ended: ended.promise,
    close,
  };
  return {
    live,
    add(event: Event) {
      all.push(event);
      offer();
    },
    end(how: string) {
      reason = how;
      offer();
      ended.resolve(how);
    },
  };
}
