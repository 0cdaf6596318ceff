import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Ends, when the server closes, connections that have not asked for anything: browsers open them ahead, proxies to see whether
 * somebody is there. Node waits for them as for requests (`closeIdleConnections` knows only those that were answered before), so one
 * of them would hold up the close for as long as a request may take to come.
 */
export function endSilentConnections(app: FastifyInstance): void {
  const silent = new Set<Socket>();
  let closing = false;
  app.server.on('connection', (socket: Socket) => {
    if (closing) return socket.destroy();
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  const hasAsked = ({ socket }: IncomingMessage) => void silent.delete(socket);
  app.server.on('request', hasAsked);
  app.server.on('upgrade', hasAsked);
  app.addHook('preClose', async () => {
    closing = true;
    for (const socket of silent) socket.destroy();
  });
}
