import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import type { LiveConnections } from './live-connections.ts';

export interface StreamEvent {
  /** What `Last-Event-ID` resumes from. */
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** One caller listening over server-sent events. */
export interface EventStream {
  send(event: StreamEvent): void;
  /** Called once when the caller left, was too slow, or the server closes; unsubscribe here. */
  onClose(listener: () => void): void;
  close(): void;
}

export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** Proxies cut silent connections after a minute or less. In ms. */
const HEARTBEAT_MS = 20_000;
/** A caller that lets this much pile up is cut off; it comes back with Last-Event-ID. In bytes. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

declare module 'fastify' {
  interface FastifyInstance {
    /** Turns the reply into a stream of events; the handler must `return reply` afterwards. */
    openEventStream(reply: FastifyReply): EventStream;
  }
}

/** Adds `openEventStream`; a stream ends with the server, and when the key that opened it changes. */
export function installEventStreams(
  app: FastifyInstance,
  { clock, live }: { clock: Clock; live: LiveConnections },
) {
  app.decorate('openEventStream', (reply) => {
    const stream = startStream(reply, clock);
    stream.onClose(live.track(reply.request.access.keyId, stream.close));
    return stream;
  });
}

function startStream(reply: FastifyReply, clock: Clock): EventStream {
  // Headers set so far (request id, CORS, security) are Fastify's and would be lost with a hijacked reply.
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
  const heartbeat = clock.every(HEARTBEAT_MS, () => write(': still here\n\n'));

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
    if (response.writableLength > MAX_BACKLOG_BYTES) {
      response.destroy();
      return;
    }
    response.write(text);
  }
  return {
    send: ({ id, event, data }) => write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    onClose(listener) {
      if (closed) listener();
      else listeners.add(listener);
    },
    close() {
      response.end();
      finish();
    },
  };
}
