import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** The HTTP server in front of the WebSocket. */
export interface Front {
  readonly port: number;
  /** Cuts every connection and stops listening; resolves when all are gone. */
  close(): Promise<void>;
}

export interface FrontOptions {
  readonly port: number;
  /** PEM; with it the server speaks wss. */
  readonly tls: { readonly keyPem: string; readonly certPem: string } | null;
  readonly onSocket: (socket: WebSocket) => void;
  /** The refusal a fault has in store for this upgrade. */
  readonly refusal: () => { readonly status: number; readonly retryAfterSeconds?: number } | null;
  /** Answers plain HTTP requests; false means 404. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Where WhatsApp Web connects to. */
export const CHAT_PATH = '/ws/chat';
/** Sandboxes hold test keys and take orders from anybody who reaches them: nobody but this machine may. */
export const LOOPBACK = '127.0.0.1';

const MAX_SOCKET_MESSAGE_BYTES = 8 * 1024 * 1024;

/** Listens on loopback. Rejects when the port is taken. */
export async function openFront(options: FrontOptions): Promise<Front> {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_SOCKET_MESSAGE_BYTES,
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (!options.onRequest(request, response)) response.writeHead(404).end();
  };
  const server = createServer(options, onRequest);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = request.url?.split('?')[0] === CHAT_PATH ? options.refusal() : { status: 404 };
    if (refusal) return refuseUpgrade(socket, refusal);
    sockets.handleUpgrade(request, socket, head, options.onSocket);
  });
  const port = await listen(server, options.port);
  return {
    port,
    async close() {
      const gone = [...sockets.clients].map(
        (socket) => new Promise((resolve) => socket.once('close', resolve)),
      );
      for (const socket of sockets.clients) socket.terminate();
      await Promise.all(gone);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createServer(
  { tls }: FrontOptions,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  return tls
    ? createHttpsServer({ key: tls.keyPem, cert: tls.certPem }, onRequest)
    : createHttpServer(onRequest);
}

function refuseUpgrade(socket: Duplex, refusal: { status: number; retryAfterSeconds?: number }): void {
  const { status, retryAfterSeconds } = refusal;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Length: 0',
  ];
  if (retryAfterSeconds !== undefined) lines.push(`Retry-After: ${retryAfterSeconds}`);
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Listens on loopback; resolves with the port. Rejects when it is taken. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve(addressOf(server).port);
    });
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on TCP');
  return address;
}
