import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server of somebody else, on loopback, for one test. */
export interface Receiver {
  readonly port: number;
  /** Connections that reached it, those that are closed included. */
  connections(): number;
  /** Resolves when that many connections have reached it. */
  connected(count: number): Promise<void>;
  /** Resolves when every connection is gone. */
  abandoned(): Promise<void>;
}

interface Certificate {
  readonly keyPem: string;
  readonly certPem: string;
}

/** Speaks HTTP, or HTTPS with a certificate; `host` is where it listens. */
export async function startReceiver(
  answer: RequestListener,
  { tls, host = '127.0.0.1' }: { tls?: Certificate; host?: string } = {},
): Promise<Receiver> {
  const server = tls
    ? createHttpsServer({ key: tls.keyPem, cert: tls.certPem }, answer)
    : createHttpServer(answer);
  return await listen(server, host);
}

/** Speaks whatever the test writes on the socket. */
export async function startRawReceiver(
  onConnection: (socket: Socket) => void,
  { host = '127.0.0.1' }: { host?: string } = {},
): Promise<Receiver> {
  return await listen(createTcpServer(onConnection), host);
}

async function listen(server: Server, host: string): Promise<Receiver> {
  const open = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket) => {
    count += 1;
    open.add(socket);
    // A client that gives up resets the connection; that is its right.
    socket.on('error', () => undefined);
    // Who does not read never learns that the other side hung up.
    socket.resume();
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) server.emit('abandoned');
    });
    server.emit('counted');
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    async connected(wanted) {
      while (count < wanted) await once(server, 'counted');
    },
    async abandoned() {
      if (open.size > 0) await once(server, 'abandoned');
    },
  };
}
