import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The TCP way from a server to the simulator, or to a database, that a test can disturb. */
export interface Wire {
  /** 127.0.0.1; the same before and after it was down. */
  readonly port: number;
  /** Destroys every connection, and refuses new ones until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** From now on each connection ends right after the other side's first answer; null lets everything pass again. */
  setMode(mode: 'slam' | null): void;
  /** From now on nothing that open connections say reaches the other side; resolves when one of them has said something. */
  mute(): Promise<void>;
  close(): Promise<void>;
}

/** Starts forwarding to a port of the loopback. */
export async function startWire(targetPort: number): Promise<Wire> {
  const connections = new Set<Socket>();
  const nearSides = new Set<Socket>();
  let mode: 'slam' | null = null;

  const remember = (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  };
  const join = (near: Socket) => {
    nearSides.add(near);
    near.once('close', () => nearSides.delete(near));
    const far = connect({ host: '127.0.0.1', port: targetPort });
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      remember(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    near.pipe(far);
    if (mode === 'slam') far.once('data', (answer) => near.end(answer));
    else far.pipe(near);
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(join).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server: Server | null = await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the wire has no port');
  const { port } = address;

  const down = async () => {
    const closed = server && once(server, 'close');
    server?.close();
    server = null;
    for (const socket of connections) socket.destroy();
    await closed;
  };
  return {
    port,
    down,
    async up() {
      server ??= await listen(port);
    },
    mute() {
      return new Promise((resolve) => {
        for (const near of nearSides) {
          near.unpipe();
          near.on('data', () => resolve());
          near.resume();
        }
      });
    },
    setMode(next) {
      mode = next;
    },
    close: down,
  };
}

/** The same address by way of the wire. */
export function overWire(url: string, { port }: Pick<Wire, 'port'>): string {
  const address = new URL(url);
  address.port = String(port);
  return address.href;
}
