import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import { chooseSubprotocol } from './credentials.ts';

/** A client frame is a small command; anything larger ends the connection. In bytes. */
const MAX_FRAME_BYTES = 64 * 1024;
/** How long a client may take to answer our goodbye, in ms. */
const GOODBYE_MS = 1_000;
/** RFC 6455: the server is going away. */
const GOING_AWAY = 1001;

/** WebSockets on routes with a `wsHandler`; the guard has let the request through before the upgrade. */
export async function installWebSockets(app: FastifyInstance, { clock }: { clock: Clock }) {
  app.addHook('preClose', async () => {
    for (const client of app.websocketServer.clients) {
      client.close(GOING_AWAY, 'the server is going away');
      clock.after(GOODBYE_MS, () => client.terminate());
    }
  });
  await app.register(websocket, {
    options: { maxPayload: MAX_FRAME_BYTES, handleProtocols: chooseSubprotocol },
  });
}
