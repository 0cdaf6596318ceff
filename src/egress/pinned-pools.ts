import type { Socket } from 'node:net';
import { type Dispatcher, Pool } from 'undici';
import { EgressError } from './egress-error.ts';
import type { OutsideUrl } from './egress-url.ts';
import type { VettedPlace } from './egress-vetting.ts';

/** A place as one request may use it; `connectMs` in ms. */
export interface PinnedOrigin {
  readonly protocol: OutsideUrl['protocol'];
  readonly place: VettedPlace;
  readonly connectMs: number;
}

/** Connections that are kept for the next request to the same name at the same addresses, and for no other. */
export interface PinnedPools {
  poolFor(origin: PinnedOrigin): Dispatcher;
  /** Ends everything; requests under way fail. */
  close(): Promise<void>;
}

const LIMITS = {
  /** Places remembered at once; the one unused for longest goes first. */
  pools: 256,
  connectionsPerPlace: 16,
  idleMs: 4_000,
  longestIdleMs: 15_000,
  /** After this the next request opens a new connection. */
  connectionLifeMs: 60_000,
  headBytes: 16_384,
} as const;

/** `open` connects; it is called with the pinned place whatever the library thinks of the host name. */
export function createPinnedPools({ open }: { open(origin: PinnedOrigin): Promise<Socket> }): PinnedPools {
  const pools = new Map<string, Pool>();
  const leaving = new Set<Promise<void>>();

  const retireOldest = () => {
    const [oldest] = pools;
    if (oldest === undefined || pools.size <= LIMITS.pools) return;
    pools.delete(oldest[0]);
    const gone = oldest[1].close().finally(() => leaving.delete(gone));
    leaving.add(gone);
  };

  return {
    poolFor(origin) {
      const key = keyOf(origin);
      const pool = pools.get(key) ?? createPool(origin, open);
      pools.delete(key);
      pools.set(key, pool);
      retireOldest();
      return pool;
    },
    async close() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all([...leaving, ...all.map((pool) => pool.destroy(new EgressError('aborted')))]);
    },
  };
}

function keyOf({ protocol, place, connectMs }: PinnedOrigin): string {
  return [protocol, place.host, place.port, connectMs, ...place.addresses].join(' ');
}

function createPool(origin: PinnedOrigin, open: (origin: PinnedOrigin) => Promise<Socket>): Pool {
  const { protocol, place } = origin;
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  return new Pool(`${protocol}//${host}:${place.port}`, {
    connect: (_options, callback) => {
      open(origin).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    connections: LIMITS.connectionsPerPlace,
    clientTtl: LIMITS.connectionLifeMs,
    keepAliveTimeout: LIMITS.idleMs,
    keepAliveMaxTimeout: LIMITS.longestIdleMs,
    maxHeaderSize: LIMITS.headBytes,
    pipelining: 1,
    allowH2: false,
    // The deadline of the request covers both, and no answer that trickles gets around it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
