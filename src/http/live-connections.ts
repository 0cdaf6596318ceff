import type { IncomingMessage } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import { chooseSubprotocol } from './credentials.ts';

/** The streams and WebSockets that stay open after their request was answered, by the key that opened them. */
export interface LiveConnections {
  /** Registers one; `end` is called when its key changes or the server closes. Call the answer when it is gone. */
  track(keyId: string | null, end: () => void): () => void;
  /** Ends what this key opened; its holder may come back with the rights it has now. */
  endOf(keyId: string): void;
  endAll(): void;
}

export function createLiveConnections(): LiveConnections {
  const open = new Set<{ keyId: string | null; end: () => void }>();
  const endWhere = (matches: (keyId: string | null) => boolean) => {
    for (const connection of [...open]) if (matches(connection.keyId)) connection.end();
  };
  return {
    track(keyId, end) {
      const connection = { keyId, end };
      open.add(connection);
      return () => open.delete(connection);
    },
    endOf: (keyId) => endWhere((each) => each === keyId),
    endAll: () => endWhere(() => true),
  };
}

/** A client frame is a small command; anything larger ends the connection. In bytes. */
const MAX_FRAME_BYTES = 64 * 1024;
/** How long a client may take to answer our goodbye, in ms. */
const GOODBYE_MS = 1_000;
/** RFC 6455: the endpoint is going away. */
const GOING_AWAY = 1001;

/** WebSockets on routes with a `wsHandler`; the guard has let the request through before the upgrade. */
export async function installWebSockets(
  app: FastifyInstance,
  { clock, live }: { clock: Clock; live: LiveConnections },
) {
  app.addHook('preClose', async () => live.endAll());
  await app.register(websocket, {
    options: { maxPayload: MAX_FRAME_BYTES, handleProtocols: chooseSubprotocol },
  });
  // The upgraded socket knows the raw request only.
  const keyIds = new WeakMap<IncomingMessage, string | null>();
  app.addHook('preHandler', async (request) => {
    keyIds.set(request.raw, request.access.keyId);
  });
  app.websocketServer.on('connection', (socket, request) => {
    const forget = live.track(keyIds.get(request) ?? null, () => {
      socket.close(GOING_AWAY, 'connect again');
      clock.after(GOODBYE_MS, () => socket.terminate());
    });
    socket.on('close', forget);
  });
}
