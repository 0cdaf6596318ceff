import { isIP, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { EgressError } from './egress-error.ts';
import type { TunnelEnd } from './http-connect.ts';
import type { ProxyCredentials } from './proxy-url.ts';
import { readReply } from './read-reply.ts';

/** RFC 1928 §3 to §6. */
const VERSION = 5;
const COMMAND_CONNECT = 1;
const NO_AUTHENTICATION = 0;
const BY_PASSWORD = 2;
const IPV4 = 1;
const DOMAIN = 3;
const IPV6 = 4;

/** Asks a SOCKS5 proxy for a tunnel; the proxy resolves the name. Throws EgressError. */
export async function connectBySocks5(
  socket: Socket,
  { to, credentials }: { to: TunnelEnd; credentials: ProxyCredentials | null },
): Promise<void> {
  const methods = credentials ? [NO_AUTHENTICATION, BY_PASSWORD] : [NO_AUTHENTICATION];
  socket.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await readReply(socket, () => 2);
  if (version !== VERSION) throw new EgressError('connection');
  if (method === BY_PASSWORD && credentials) await authenticate(socket, credentials);
  else if (method !== NO_AUTHENTICATION) throw new EgressError('connection');

  const port = Uint8Array.of(to.port >> 8, to.port & 0xff);
  socket.write(Buffer.concat([Uint8Array.of(VERSION, COMMAND_CONNECT, 0), addressField(to.host), port]));
  const reply = await readReply(socket, replyLength);
  if (reply[0] !== VERSION || reply[1] !== 0) throw new EgressError('connection');
}

/** RFC 1929. */
async function authenticate(socket: Socket, { username, password }: ProxyCredentials): Promise<void> {
  socket.write(Buffer.concat([Uint8Array.of(1), short(username), short(password)]));
  const [, status] = await readReply(socket, () => 2);
  if (status !== 0) throw new EgressError('connection');
}

function addressField(host: string): Buffer {
  const family = isIP(host);
  if (family === 0) return Buffer.concat([Uint8Array.of(DOMAIN), short(host)]);
  return Buffer.from([family === 4 ? IPV4 : IPV6, ...ipaddr.parse(host).toByteArray()]);
}

/** A text with its length in one byte before it. */
function short(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

/** Version, reply, reserved, then the address the proxy bound, whose form the fourth byte tells. */
function replyLength(bytes: Buffer): number | null {
  if (bytes.length < 5) return null;
  const [, , , form, nameLength = 0] = bytes;
  if (form === IPV4) return 4 + 4 + 2;
  if (form === IPV6) return 4 + 16 + 2;
  return 4 + 1 + nameLength + 2;
}
