import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import type { LiveConnections } from './live-connections.ts';

export interface StreamEvent {
  /** What `Last-Event-ID` resumes from; null for what a reader cannot resume from. */
  readonly id: string | null;
  readonly event: string;
  readonly data: unknown;
}

/** One caller listening over server-sent events. */
export interface EventStream {
  send(event: StreamEvent): void;
  /**
   * Resolves when the caller has taken most of what was sent, or is gone. One who takes nothing for half a minute is told
   * `too_slow` and cut off; it comes back with Last-Event-ID.
   */
  drained(): Promise<void>;
  /** Called once when the caller left, was too slow, or the server closes; unsubscribe here. */
  onClose(listener: () => void): void;
  close(): void;
}

export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** Proxies cut silent connections after a minute or less. In ms. */
const HEARTBEAT_MS = 20_000;
/** A caller that lets this much pile up, although nobody waits for it, is cut off. In bytes. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/** How long a caller may take for what was sent, and then for our goodbye. In ms. */
const SLOW_MS = 30_000;
const GOODBYE_MS = 5_000;

declare module 'fastify' {
  interface FastifyInstance {
    /** Turns the reply into a stream of events; the handler must `return reply` afterwards. */
    openEventStream(reply: FastifyReply): EventStream;
  }
}

/** Adds `openEventStream`; a stream ends with the server, and when the key or the session that opened it ends. */
export function installEventStreams(
  app: FastifyInstance,
  { clock, live }: { clock: Clock; live: LiveConnections },
) {
  app.decorate('openEventStream', (reply) => {
    const stream = startStream(reply, clock);
    stream.onClose(live.track(reply.request.access, stream.close));
    return stream;
  });
}

function startStream(reply: FastifyReply, clock: Clock): EventStream {
  const response = beginResponse(reply);
  const heartbeat = clock.every(HEARTBEAT_MS, () => {
    if (!response.writableNeedDrain) write(': still here\n\n');
  });
  const listeners = new Set<() => void>();
  let closed = false;
  const finish = () => {
    if (closed) return;
    closed = true;
    heartbeat.cancel();
    for (const listener of listeners) listener();
  };
  response.on('close', finish);
  response.on('error', finish);

  function write(text: string) {
    if (closed) return;
    if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
    else response.write(text);
  }
  const close = () => {
    response.end();
    finish();
    clock.after(GOODBYE_MS, () => response.destroy());
  };
  return {
    send: (event) => write(toText(event)),
    close,
    async drained() {
      if (closed || !response.writableNeedDrain) return;
      const patience = clock.after(SLOW_MS, () => {
        response.write(toText(TOO_SLOW));
        close();
      });
      const { promise, resolve } = Promise.withResolvers<void>();
      response.once('drain', resolve);
      listeners.add(resolve);
      await promise;
      response.off('drain', resolve);
      listeners.delete(resolve);
      patience.cancel();
    },
    onClose(listener) {
      if (closed) listener();
      else listeners.add(listener);
    },
  };
}

const TOO_SLOW: StreamEvent = { id: null, event: 'too_slow', data: { type: 'too_slow' } };

function toText({ id, event, data }: StreamEvent): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Begins a response that stays open, with the headers set so far: request id, CORS, security. */
function beginResponse(reply: FastifyReply): ServerResponse {
  // They are Fastify's and would be lost with a hijacked reply.
  const headers = {
    ...reply.getHeaders(),
    'content-type': EVENT_STREAM_TYPE,
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  };
  reply.hijack();
  const response = reply.raw;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(200);
  response.write('retry: 3000\n\n');
  return response;
}
