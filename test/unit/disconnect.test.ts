import { describe, expect, it } from 'vitest';
import {
  type Disconnect,
  type DisconnectContext,
  type Translation,
  translateDisconnect,
} from '../../src/whatsapp/disconnect.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const QUIET: DisconnectContext = {
  now: NOW,
  linked: true,
  hasLoggedIn: true,
  ownsLease: true,
  recentRestarts: 0,
  recentReplacements: 0,
  quickCloses: 0,
  refusals: 0,
  versionRefreshed: false,
};
const MINUTE = 60_000;
const retry = (notBeforeMs = 0) => ({ kind: 'retry', notBeforeMs });
const stop = (status: string, session: string) => ({ kind: 'stop', status, session });

type Row = [
  name: string,
  disconnect: Omit<Disconnect, 'text'> & { text?: string },
  context: Partial<DisconnectContext>,
  cause: Translation['cause'],
  reaction: object,
];

/** The table of RELIABILITY.md §2.6, row by row, with both sides of every bound. */
const TABLE: Row[] = [
  [
    '515 after pairing',
    { source: 'stream', code: 515 },
    { recentRestarts: 1 },
    'restart_required',
    { kind: 'restart-now' },
  ],
  [
    'a third 515 in a minute',
    { source: 'stream', code: 515 },
    { recentRestarts: 3 },
    'restart_required',
    { kind: 'restart-now' },
  ],
  [
    'a fourth 515 in a minute',
    { source: 'stream', code: 515 },
    { recentRestarts: 4 },
    'server_error',
    retry(),
  ],
  ['401 device_removed', { source: 'stream', code: 401 }, {}, 'logged_out', stop('logged_out', 'entomb')],
  [
    '401 at the first login after a pairing',
    { source: 'failure', code: 401 },
    { hasLoggedIn: false },
    'pairing_failed',
    { kind: 'pair-anew' },
  ],
  ['401 at login', { source: 'failure', code: 401 }, {}, 'logged_out', stop('logged_out', 'entomb')],
  ['our own logout', { source: 'local', code: 401 }, {}, 'logout_requested', stop('logged_out', 'entomb')],
  [
    '402 with an end',
    { source: 'failure', code: 402, bannedUntil: new Date(5) },
    {},
    'temp_banned',
    { kind: 'wait-until', at: new Date(5) },
  ],
  ['402 without an end', { source: 'failure', code: 402 }, {}, 'temp_banned', retry(60 * MINUTE)],
  ['403 at login', { source: 'failure', code: 403 }, {}, 'account_locked', stop('error', 'entomb')],
  ['403 of the upgrade', { source: 'upgrade', code: 403 }, {}, 'egress_blocked', retry(30_000)],
  ['404 of the upgrade', { source: 'upgrade', code: 404 }, {}, 'egress_blocked', retry(30_000)],
  ['405', { source: 'failure', code: 405 }, {}, 'client_outdated', { kind: 'refresh-version' }],
  [
    '405 with the refreshed version',
    { source: 'failure', code: 405 },
    { versionRefreshed: true },
    'client_outdated',
    stop('error', 'keep'),
  ],
  ['406', { source: 'failure', code: 406 }, {}, 'banned', stop('error', 'entomb')],
  [
    '408 keep-alive lost',
    { source: 'local', code: 408, text: 'Connection was lost' },
    {},
    'connection_lost',
    retry(),
  ],
  [
    '408 network error',
    { source: 'local', code: 408, text: 'WebSocket Error (connect ECONNREFUSED)' },
    {},
    'connection_lost',
    retry(),
  ],
  [
    '408 nobody scanned',
    { source: 'local', code: 408, text: 'QR refs attempts ended' },
    { linked: false },
    'qr_expired',
    stop('disconnected', 'keep'),
  ],
  ...[400, 409, 413, 414, 415, 418, 501].flatMap((code): Row[] => [
    [`${code} at login`, { source: 'failure', code }, { refusals: 1 }, 'protocol_error', retry(5 * MINUTE)],
    [
      `${code} at login, second`,
      { source: 'failure', code },
      { refusals: 2 },
      'protocol_error',
      retry(5 * MINUTE),
    ],
    [
      `${code} at login, third`,
      { source: 'failure', code },
      { refusals: 3 },
      'protocol_error',
      stop('error', 'keep'),
    ],
  ]),
  [
    'noise certificate invalid',
    { source: 'local', code: 400, text: 'noise certificate signature invalid' },
    {},
    'tls_mitm_suspect',
    stop('error', 'keep'),
  ],
  [
    'noise leaf invalid',
    { source: 'local', code: 400, text: 'invalid noise leaf certificate' },
    {},
    'tls_mitm_suspect',
    stop('error', 'keep'),
  ],
  [
    'noise root differs',
    { source: 'local', code: 400, text: 'certification match failed' },
    {},
    'tls_mitm_suspect',
    stop('error', 'keep'),
  ],
  ['411', { source: 'local', code: 411 }, {}, 'link_refused', stop('error', 'keep')],
  ['428', { source: 'local', code: 428 }, { quickCloses: 4 }, 'connection_lost', retry()],
  [
    '428 at once, five times',
    { source: 'local', code: 428 },
    { quickCloses: 5 },
    'connection_lost',
    retry(5 * MINUTE),
  ],
  [
    '428 while pairing, twice',
    { source: 'local', code: 428 },
    { linked: false, quickCloses: 2 },
    'connection_lost',
    retry(),
  ],
  [
    '428 while pairing, again and again',
    { source: 'local', code: 428 },
    { linked: false, quickCloses: 3 },
    'pairing_refused',
    stop('error', 'keep'),
  ],
  [
    '429 with Retry-After',
    { source: 'upgrade', code: 429, retryAfterMs: 90_000 },
    {},
    'throttled',
    retry(90_000),
  ],
  ['429', { source: 'upgrade', code: 429 }, {}, 'throttled', retry(5 * MINUTE)],
  [
    '440 of the new owner',
    { source: 'stream', code: 440 },
    { ownsLease: false, recentReplacements: 1 },
    'owned_elsewhere',
    { kind: 'yield' },
  ],
  ['440, first', { source: 'stream', code: 440 }, { recentReplacements: 1 }, 'conflict', retry(30_000)],
  ['440, second', { source: 'stream', code: 440 }, { recentReplacements: 2 }, 'conflict', retry(60_000)],
  [
    '440, third in ten minutes',
    { source: 'stream', code: 440 },
    { recentReplacements: 3 },
    'conflict',
    stop('error', 'keep'),
  ],
  ['500 at login', { source: 'failure', code: 500 }, {}, 'server_error', retry()],
  [
    'a stream error without code',
    { source: 'stream', code: 500, text: 'Stream Errored (ack)' },
    {},
    'server_error',
    retry(),
  ],
  ['503 at login', { source: 'failure', code: 503 }, {}, 'server_error', retry()],
  ['503 of the stream', { source: 'stream', code: 503 }, {}, 'server_error', retry()],
  ['502 of the upgrade', { source: 'upgrade', code: 502 }, {}, 'server_error', retry()],
  [
    '503 of the upgrade with Retry-After',
    { source: 'upgrade', code: 503, retryAfterMs: 7_000 },
    {},
    'server_error',
    retry(7_000),
  ],
  [
    'a local error nobody knows',
    { source: 'local', code: 500, text: 'boom' },
    {},
    'connection_lost',
    retry(),
  ],
];

describe('a disconnect', () => {
  it.each(TABLE)('%s', (_name, disconnect, context, cause, reaction) => {
    const translation = translateDisconnect({ text: 'test', ...disconnect }, { ...QUIET, ...context });
    expect(translation).toEqual({ cause, reaction });
  });

  it('never erases a session because of 500, whatever its source', () => {
    for (const source of ['failure', 'stream', 'upgrade', 'local'] as const) {
      const { reaction } = translateDisconnect({ source, code: 500, text: 'bad session' }, QUIET);
      expect(reaction.kind).toBe('retry');
    }
  });
});
