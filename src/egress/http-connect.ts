import { isIP, type Socket } from 'node:net';
import { EgressError } from './egress-error.ts';
import type { ProxyCredentials } from './proxy-url.ts';
import { readReply } from './read-reply.ts';

/** Where a tunnel leads. Ours to choose, never a stranger's: the proxy resolves the name. */
export interface TunnelEnd {
  readonly host: string;
  readonly port: number;
}

/** Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6). Throws EgressError; its `status` is the answer of the proxy. */
export async function connectByHttp(
  socket: Socket,
  { to, credentials }: { to: TunnelEnd; credentials: ProxyCredentials | null },
): Promise<void> {
  const authority = `${isIP(to.host) === 6 ? `[${to.host}]` : to.host}:${to.port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (credentials) lines.push(`Proxy-Authorization: Basic ${basic(credentials)}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const head = await readReply(socket, endOfHead);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1];
  if (status === undefined) throw new EgressError('http-protocol');
  if (!status.startsWith('2')) throw new EgressError('connection', { status: Number(status) });
}

function endOfHead(bytes: Buffer): number | null {
  const at = bytes.indexOf('\r\n\r\n');
  return at < 0 ? null : at + 4;
}

function basic({ username, password }: ProxyCredentials): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
