import type { IncomingMessage } from 'node:http';
import type { BinaryNode } from '@whiskeysockets/baileys';
import type { Disconnect } from './disconnect.ts';

/** Baileys gives one error for every way a socket ends; its words tell the source, its Boom part the code. */
export function toDisconnect(error: Error | undefined, now: Date): Disconnect {
  if (!error) return { source: 'local', code: 0, text: 'closed on request' };
  const { code, data } = boomParts(error);
  const text = error.message;
  if (text.startsWith('Stream Errored')) return fromStreamError(text, code, data);
  if (text === 'Connection Failure') return fromFailure(code, data, now);
  // Baileys words every error of the WebSocket so, the refused handshake among them.
  const status = /Unexpected server response: (\d{3})/.exec(text)?.[1];
  if (status) return { source: 'upgrade', code: Number(status), text };
  // Whatever the proxy said or failed to say: WhatsApp was not reached, and nothing is known about the account.
  if (text.includes('the proxy opened no tunnel')) return { source: 'upgrade', code: 407, text };
  return { source: 'local', code, text };
}

/** The answer to the WebSocket handshake when it was not 101. */
export function toUpgradeRefusal(response: IncomingMessage, now: Date): Disconnect {
  const code = response.statusCode ?? 500;
  const retryAfterMs = parseRetryAfter(response.headers['retry-after'], now);
  return {
    source: 'upgrade',
    code,
    text: `the WebSocket handshake was answered with ${code}`,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  };
}

/** `conflict` without a code reads as 440 in Baileys even when the phone removed this device, which is 401. */
function fromStreamError(text: string, code: number, data: unknown): Disconnect {
  const node = isNode(data) ? data : null;
  const type = node?.attrs.type;
  const words = type ? `${text} ${type}` : text;
  if (node?.tag === 'conflict' && type === 'device_removed') {
    return { source: 'stream', code: 401, text: words };
  }
  return { source: 'stream', code, text: words };
}

/** `<failure>` attributes: reason, and for a temporary ban (402) `code` 101 to 106 and `expire` in seconds from now. */
function fromFailure(code: number, data: unknown, now: Date): Disconnect {
  const attrs = typeof data === 'object' && data !== null ? new Map(Object.entries(data)) : new Map();
  const disconnect: Disconnect = { source: 'failure', code, text: `failure ${code}` };
  if (code !== 402) return disconnect;
  const banCode = Number(attrs.get('code'));
  const expireSeconds = Number(attrs.get('expire'));
  return {
    ...disconnect,
    ...(Number.isInteger(banCode) ? { banCode } : {}),
    ...(expireSeconds > 0 ? { bannedUntil: new Date(now.getTime() + expireSeconds * 1000) } : {}),
  };
}

/** `Retry-After` is a number of seconds or a date. */
function parseRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(at - now.getTime(), 0);
}

/** The status code and data of a Boom, without depending on Boom; 500 is Baileys' own word for "no code". */
function boomParts(error: Error): { code: number; data: unknown } {
  const output = 'output' in error ? error.output : undefined;
  const code = typeof output === 'object' && output && 'statusCode' in output ? output.statusCode : 500;
  return { code: Number(code), data: 'data' in error ? error.data : undefined };
}

function isNode(data: unknown): data is BinaryNode {
  return typeof data === 'object' && data !== null && 'tag' in data && 'attrs' in data;
}
