import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { toDisconnect, toUpgradeRefusal } from '../../src/whatsapp/baileys-disconnect.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

/** An error as Baileys raises it: a message, an HTTP-like status, and what came over the wire. */
function boom(message: string, statusCode?: number, data?: unknown): Error {
  return Object.assign(new Error(message), {
    ...(statusCode !== undefined && { output: { statusCode } }),
    data,
  });
}

function refusal(statusCode: number, headers: Record<string, string> = {}): IncomingMessage {
  return { statusCode, headers } as never;
}

describe('how a Baileys socket ended', () => {
  it.each([
    ['Stream Errored (restart required)', 515, undefined, { source: 'stream', code: 515 }],
    [
      'Stream Errored (conflict)',
      440,
      { tag: 'conflict', attrs: { type: 'replaced' } },
      { source: 'stream', code: 440 },
    ],
    [
      'Stream Errored (conflict)',
      440,
      { tag: 'conflict', attrs: { type: 'device_removed' } },
      { source: 'stream', code: 401 },
    ],
    ['Stream Errored (ack)', 500, { tag: 'ack', attrs: {} }, { source: 'stream', code: 500 }],
    ['Connection Failure', 403, { reason: '403' }, { source: 'failure', code: 403 }],
    ['WebSocket Error (Unexpected server response: 429)', 429, undefined, { source: 'upgrade', code: 429 }],
    // A proxy's 503 is not WhatsApp's.
    ['WebSocket Error (the proxy opened no tunnel (503))', 500, undefined, { source: 'upgrade', code: 407 }],
    ['WebSocket Error (connect ECONNREFUSED 127.0.0.1:1)', 408, undefined, { source: 'local', code: 408 }],
    ['Connection Terminated', 428, undefined, { source: 'local', code: 428 }],
    [
      'QR refs attempts ended',
      408,
      undefined,
      { source: 'local', code: 408, text: 'QR refs attempts ended' },
    ],
    ['Multi-device beta not joined', 411, undefined, { source: 'local', code: 411 }],
    ['a bug', undefined, undefined, { source: 'local', code: 500, text: 'a bug' }],
  ])('%s (%s)', (message, code, data, expected) => {
    expect(toDisconnect(boom(message, code, data), NOW)).toMatchObject(expected);
  });

  it('without an error is our own wish', () => {
    expect(toDisconnect(undefined, NOW)).toMatchObject({ source: 'local', code: 0 });
  });

  it('says which ban it was and when it ends', () => {
    const error = boom('Connection Failure', 402, { reason: '402', code: '104', expire: '3600' });
    expect(toDisconnect(error, NOW)).toMatchObject({
      banCode: 104,
      bannedUntil: new Date('2026-01-01T01:00:00Z'),
    });
    expect(toDisconnect(boom('Connection Failure', 402, { reason: '402' }), NOW)).toEqual({
      source: 'failure',
      code: 402,
      text: 'failure 402',
    });
  });
});

describe('a refused upgrade', () => {
  it.each([
    [{ 'retry-after': '90' }, 90_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' }, 120_000],
    [{ 'retry-after': 'Thu, 01 Jan 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('with %j waits %s ms', (headers, expected) => {
    const disconnect = toUpgradeRefusal(refusal(429, headers), NOW);
    expect(disconnect).toMatchObject({ source: 'upgrade', code: 429 });
    expect(disconnect.retryAfterMs).toBe(expected);
  });
});
