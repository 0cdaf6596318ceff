import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { systemClock } from '../../src/shared/clock.ts';

/** A way over the loopback between two processes, which a test can disturb. Bytes pass unchanged and in order. */
export interface TcpProxy {
  /** On 127.0.0.1; stays the same. */
  readonly port: number;
  /** How many connections pass through now. */
  readonly connections: number;
  /** Destroys every connection, and returns how many there were; new ones are let through. */
  cut(): number;
  /** Every connection, also each new one, stays open and nothing passes, until `flow`. */
  stall(): void;
  /** The far side of every connection is destroyed and the near side hears nothing of it, as behind a dead router. */
  halfOpen(): void;
  /** New connections are cut at once, those there are too, until `flow`. */
  refuse(): void;
  /** Each piece takes this long in either direction, in ms. */
  delay(ms: number): void;
  /** Everything passes again, without delay. */
  flow(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** Starts forwarding to a port of the loopback. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const nears = new Set<Socket>();
  let mode: 'flowing' | 'stalled' | 'refusing' = 'flowing';
  let delayMs = 0;

  /** Pieces that wait keep their order, also when the delay changes meanwhile. */
  const forward = (from: Socket, to: Socket) => {
    const waiting: Buffer[] = [];
    const next = () => {
      const piece = waiting.shift();
      if (piece) to.write(piece);
    };
    from.on('data', (piece: Buffer) => {
      if (delayMs === 0 && waiting.length === 0) return void to.write(piece);
      waiting.push(piece);
      systemClock.after(delayMs, next);
    });
  };
  const server = createServer({ noDelay: true }, (near) => {
    nears.add(near);
    near.on('error', () => {}).on('close', () => nears.delete(near)); // its end is what counts
    if (mode === 'refusing') return void near.destroy();
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    const pair = { near, far };
    pairs.add(pair);
    const end = () => {
      if (pairs.delete(pair)) for (const socket of [near, far]) socket.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    forward(near, far);
    forward(far, near);
    if (mode === 'stalled') pause(pair);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  const cut = () => {
    const count = pairs.size;
    for (const { near } of pairs) near.destroy();
    return count;
  };
  return {
    port: address.port,
    get connections() {
      return pairs.size;
    },
    cut,
    stall() {
      mode = 'stalled';
      for (const pair of pairs) pause(pair);
    },
    halfOpen() {
      for (const pair of pairs) {
        pairs.delete(pair);
        pair.far.destroy();
        pair.near.resume();
      }
    },
    refuse() {
      mode = 'refusing';
      cut();
    },
    delay(ms) {
      delayMs = ms;
    },
    flow() {
      mode = 'flowing';
      delayMs = 0;
      for (const { near, far } of pairs) for (const socket of [near, far]) socket.resume();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const near of nears) near.destroy();
      await closed;
    },
  };
}

function pause({ near, far }: Pair): void {
  for (const socket of [near, far]) socket.pause();
}

/** The same address by way of the proxy. */
export function through({ port }: Pick<TcpProxy, 'port'>, url: string): string {
  const address = new URL(url);
  address.port = String(port);
  return address.href;
}
