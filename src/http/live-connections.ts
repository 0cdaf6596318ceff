import type { IncomingMessage } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type Access, ANONYMOUS } from './access.ts';
import { chooseSubprotocol } from './credentials.ts';
import type { Sessions } from './session-cookie.ts';

/** Whoever opened a connection; see Access. */
type Opener = Pick<Access, 'keyId' | 'userId' | 'session' | 'deviceIds' | 'may'>;

/** A key with the rights it had when it opened something. */
export interface KeyHolder extends Pick<Access, 'deviceIds' | 'may'> {
  readonly keyId: string;
}

/** The streams and WebSockets that stay open after their request was answered, by whoever opened them. */
export interface LiveConnections {
  /** Registers one; `end` is called when the opener's rights change or the server closes. Call the answer when it is gone. */
  track(opener: Opener, end: () => void): () => void;
  /** Ends what this key, person or session opened; its holder may come back with the rights it has now. */
  endOf(id: string): void;
  /** The sessions that hold something open. */
  sessionIds(): readonly string[];
  /** The keys that do, one for each connection. */
  keyHolders(): readonly KeyHolder[];
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
    keyHolders: () =>
      [...open].flatMap(({ opener: { keyId, deviceIds, may } }) =>
        keyId === null ? [] : { keyId, deviceIds, may },
      ),
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

/** How often open connections are compared with keys and sessions, in ms; the delay of what was ended elsewhere. */
const LOOK_EVERY_MS = 15_000;

interface RightsDeps {
  readonly sessions: Sessions | null;
  /** The ids of keys that have ended, or may do something else by now, in whatever process. */
  readonly keysEnded: (holders: readonly KeyHolder[]) => Promise<readonly string[]>;
  readonly live: LiveConnections;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Ends what keys and sessions hold open once they end: at once when that happened here, soon when elsewhere or by time. */
export function endWithRights(
  app: FastifyInstance,
  { sessions, keysEnded, live, clock, log }: RightsDeps,
): void {
  sessions?.onEnded(live.endOf);
  const look = async () => {
    const [ids, holders] = [live.sessionIds(), live.keyHolders()];
    if (sessions && ids.length > 0) for (const id of await sessions.endedOf(ids)) live.endOf(id);
    if (holders.length > 0) for (const id of await keysEnded(holders)) live.endOf(id);
  };
  const timer = clock.every(LOOK_EVERY_MS, () => {
    look().catch((error: unknown) =>
      log.warn({ err: error }, 'open connections were not compared with keys and sessions'),
    );
  });
  app.addHook('onClose', async () => timer.cancel());
}
