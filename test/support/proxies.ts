import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** A proxy on loopback for one test; every name leads to 127.0.0.1, as its own resolver would say. */
export interface TestProxy {
  readonly port: number;
  /** What it was asked for, `host:port` each. */
  readonly targets: string[];
  /** Credentials it was shown, as `user:password`. */
  readonly shown: string[];
}

interface ProxyOptions {
  readonly tls?: { readonly keyPem: string; readonly certPem: string };
  /** Asked for and compared; none are needed without. */
  readonly credentials?: string;
}

export async function startConnectProxy({ tls, credentials }: ProxyOptions = {}): Promise<TestProxy> {
  const targets: string[] = [];
  const shown: string[] = [];
  const server: HttpServer = tls
    ? createHttpsServer({ key: tls.keyPem, cert: tls.certPem })
    : createHttpServer();
  server.on('connect', ({ url = '', headers }: IncomingMessage, client: Duplex) => {
    const [, encoded = ''] = (headers['proxy-authorization'] ?? '').split(' ');
    const given = Buffer.from(encoded, 'base64').toString();
    if (given !== '') shown.push(given);
    if (credentials !== undefined && given !== credentials)
      return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    targets.push(url);
    join(client, {
      port: Number(url.split(':').at(-1)),
      hello: 'HTTP/1.1 200 Connection established\r\n\r\n',
    });
  });
  return { port: await listen(server), targets, shown };
}

/** Enough of RFC 1928 and 1929 for one client that sends its requests whole. */
export async function startSocksProxy({ credentials }: ProxyOptions = {}): Promise<TestProxy> {
  const targets: string[] = [];
  const shown: string[] = [];
  const next = async (client: Socket): Promise<Buffer> => {
    const [bytes] = await once(client, 'data');
    return bytes;
  };
  const serve = async (client: Socket) => {
    await next(client);
    client.write(Uint8Array.of(5, credentials === undefined ? 0 : 2));
    if (credentials !== undefined) {
      const login = await next(client);
      const nameEnd = 2 + (login[1] ?? 0);
      const given = `${login.subarray(2, nameEnd)}:${login.subarray(nameEnd + 1)}`;
      shown.push(given);
      client.write(Uint8Array.of(1, given === credentials ? 0 : 1));
      if (given !== credentials) return void client.end();
    }
    const request = await next(client);
    client.pause();
    const port = request.readUInt16BE(request.length - 2);
    const host = request[3] === 3 ? request.subarray(5, -2).toString() : request.subarray(4, -2).join('.');
    targets.push(`${host}:${port}`);
    join(client, { port, hello: Uint8Array.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0) });
  };
  const server = createServer((client) => {
    serve(client).catch(() => client.destroy());
  });
  return { port: await listen(server), targets, shown };
}

function join(client: Duplex, { port, hello }: { port: number; hello: string | Uint8Array }): void {
  const target = connect(port, '127.0.0.1', () => {
    client.write(hello);
    client.pipe(target).pipe(client);
  });
  const end = () => {
    client.destroy();
    target.destroy();
  };
  for (const side of [client, target]) side.on('error', end).on('close', end);
}

async function listen(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
