import type { IncomingMessage } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type Access, ANONYMOUS } from './access.ts';
import { chooseSubprotocol } from './credentials.ts';
import type { Sessions } from './session-cookie.ts';

/** Whoever opened a connection; see Access. */
type Opener = Pick<Access, 'keyId' | 'userId' | 'session'>;

/** The streams and WebSockets that stay open after their request was answered, by whoever opened them. */
export interface LiveConnections {
  /** Registers one; `end` is called when the opener's rights change or the server closes. Call the answer when it is gone. */
  track(opener: Opener, end: () => void): () => void;
  /** Ends what this key, person or session opened; its holder may come back with the rights it has now. */
  endOf(id: string): void;
  /** The sessions that hold something open. */
  sessionIds(): readonly string[];
  endAll(): void;
}

export function createLiveConnections(): LiveConnections {
  const open = new Set<{ opener: Opener; end: () => void }>();
  const endWhere = (matches: (opener: Opener) => boolean) => {
    for (const connection of [...open]) if (matches(connection.opener)) connection.end();
  };
  return {
    track(opener, end) {
      const connection = { opener, end };
      open.add(connection);
      return () => open.delete(connection);
    },
    endOf: (id) => endWhere(({ keyId, userId, session }) => [keyId, userId, session?.sessionId].includes(id)),
    sessionIds: () => [...new Set([...open].flatMap(({ opener }) => opener.session?.sessionId ?? []))],
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
  const openers = new WeakMap<IncomingMessage, Access>();
  app.addHook('preHandler', async (request) => {
    openers.set(request.raw, request.access);
  });
  app.websocketServer.on('connection', (socket, request) => {
    const forget = live.track(openers.get(request) ?? ANONYMOUS, () => {
      socket.close(GOING_AWAY, 'connect again');
      clock.after(GOODBYE_MS, () => socket.terminate());
    });
    socket.on('close', forget);
  });
}

/** How often open connections are compared with the sessions there are, in ms; the delay of a sign-out elsewhere. */
const LOOK_EVERY_MS = 15_000;

/** Ends what a session holds open once it has ended: at once when that happened here, soon when elsewhere or by time. */
export function endWithSessions(
  app: FastifyInstance,
  { sessions, live, clock, log }: { sessions: Sessions; live: LiveConnections; clock: Clock; log: Logger },
): void {
  sessions.onEnded(live.endOf);
  const look = async () => {
    const ids = live.sessionIds();
    if (ids.length > 0) for (const id of await sessions.endedOf(ids)) live.endOf(id);
  };
  const timer = clock.every(LOOK_EVERY_MS, () => {
    look().catch((error: unknown) =>
      log.warn({ err: error }, 'open connections were not compared with sessions'),
    );
  });
  app.addHook('onClose', async () => timer.cancel());
}
