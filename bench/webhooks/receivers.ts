import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';

/** Other people's programs that take webhooks, in the process of the bench. */
export interface Receivers {
  readonly urls: readonly string[];
  /** What came since the last call: from the event to its receipt, in ms. */
  takeLags(): readonly number[];
  /** Resolves when so many came since the last `takeLags`. */
  received(count: number): Promise<void>;
  close(): void;
}

/** `good` ones answer at once, `hanging` ones take the request and say nothing. */
export async function startReceivers({
  good,
  hanging,
}: {
  good: number;
  hanging: number;
}): Promise<Receivers> {
  let lags: number[] = [];
  let wanted: { count: number; resolve(): void } | null = null;
  const take = (body: string) => {
    lags.push(Date.now() - Date.parse(JSON.parse(body).timestamp));
    if (wanted && lags.length >= wanted.count) wanted.resolve();
  };
  const goodOnes = Array.from({ length: good }, () =>
    createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        response.writeHead(204).end();
        take(body);
      });
    }),
  );
  const hangingOnes = Array.from({ length: hanging }, () => createTcpServer((socket) => socket.resume()));
  // The dead ones first: whoever serves them in turn meets them first.
  const servers: Server[] = [...hangingOnes, ...goodOnes];
  const urls = await Promise.all(servers.map(listen));
  return {
    urls,
    takeLags() {
      const taken = lags;
      lags = [];
      return taken;
    },
    received: (count) =>
      new Promise((resolve) => {
        wanted = { count, resolve };
        if (lags.length >= count) resolve();
      }),
    close() {
      for (const server of servers) server.close();
      for (const server of goodOnes) server.closeAllConnections();
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
