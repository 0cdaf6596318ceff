import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import { Agent as Dispatcher } from 'undici';
import type { TunnelEnd } from './http-connect.ts';

/** Opens one connection, encrypted or not. */
export type OpenTunnel = (to: TunnelEnd & { encryption: 'tls' | 'none' }) => Promise<Socket>;

/** An agent for node:https (and wss:) whose connections all come from `open`. */
export function createTunnelAgent(open: OpenTunnel): HttpsAgent {
  return withConnections(new HttpsAgent({ keepAlive: false }), { open, encryption: 'tls' });
}

/** The same for node:http (and ws:). */
export function createPlainTunnelAgent(open: OpenTunnel): HttpAgent {
  return withConnections(new HttpAgent({ keepAlive: false }), { open, encryption: 'none' });
}

/** The same for fetch. */
export function createTunnelDispatcher(open: OpenTunnel): Dispatcher {
  return new Dispatcher({
    allowH2: false,
    connect: ({ hostname, port, protocol }, callback) => {
      const encryption = protocol === 'https:' ? 'tls' : 'none';
      open({ host: hostname, port: Number(port) || DEFAULT_PORT[encryption], encryption }).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
  });
}

const DEFAULT_PORT = { tls: 443, none: 80 } as const;

function withConnections<A extends HttpAgent>(
  agent: A,
  { open, encryption }: { open: OpenTunnel; encryption: 'tls' | 'none' },
): A {
  agent.createConnection = ({ host, port }, callback) => {
    open({ host: host ?? '', port: Number(port) || DEFAULT_PORT[encryption], encryption }).then(
      (socket) => callback?.(null, socket),
      // Node looks at no stream beside an error, though its types ask for one.
      (error: Error) => callback?.(error, new Socket()),
    );
    return undefined;
  };
  return agent;
}
