import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Basics } from './basics.ts';
import type { SandboxConfig } from './config/config.ts';
import { parseEgressAllowance } from './config/egress-allow.ts';
import type { KeyRing } from './config/key-encryption-key.ts';
import type { Database } from './database/database.ts';
import { createEgress } from './egress/egress-client.ts';
import { createSystemResolver } from './egress/egress-resolver.ts';
import { createProxyTunnels } from './egress/proxy-tunnel.ts';
import { createBlobRoom } from './media/blob-room.ts';
import { WHATSAPP_MEDIA_ORIGIN } from './media/received-media-address.ts';
import { createReceivedMediaCache } from './media/received-media-cache.ts';
import { createReceivedMediaRepository } from './media/received-media-repository.ts';
import { createMediaSealer } from './media/received-media-sealer.ts';
import {
  createReceivedMediaService,
  type ReceivedMediaDeps,
  type ReceivedMediaService,
} from './media/received-media-service.ts';
import { createReceivedMediaSource } from './media/received-media-source.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createTurnstile } from './shared/turnstile.ts';

interface ReceivedMediaHostDeps extends Basics, Pick<ReceivedMediaDeps, 'devices' | 'sockets'> {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly metrics: Pick<Metrics, 'instruments'>;
}

/** Files that devices received. */
export interface ReceivedMediaHost {
  readonly receivedMedia: ReceivedMediaService;
  /** Seals what opens them under the current master key. */
  reseal(): Promise<void>;
  /** Ends downloads under way. */
  close(): Promise<void>;
}

const AT_ONCE = 4;
const CLEAN_EVERY_MS = 60 * 60_000;

export function createReceivedMediaHost(deps: ReceivedMediaHostDeps): ReceivedMediaHost {
  const { config, clock, random, log, database, keyRing } = deps;
  const directory = path.join(config.dataDir, 'media', 'received');
  const cache = createReceivedMediaCache({
    directory,
    quotaBytes: config.media.cacheBytes,
    clock,
    random,
  });
  const messages = createReceivedMediaRepository({ database, sealer: createMediaSealer(keyRing) });
  const resolver = createSystemResolver();
  const { origin, allowances, ca } = mediaHost(config.sandbox);
  const egress = createEgress({ allowances, resolver, clock, ca });
  const tunnels = createProxyTunnels({ allowances: config.egressAllow, resolver, clock, ca });
  const clean = () =>
    void cache
      .clean()
      .catch((error: unknown) => log.warn({ err: error }, 'received files were not cleaned up'));
  const cleaning = clock.every(CLEAN_EVERY_MS, clean);
  clean();
  return {
    receivedMedia: createReceivedMediaService({
      ...deps,
      messages,
      cache,
      source: createReceivedMediaSource({ origin, egress, tunnels, clock }),
      turns: createTurnstile(AT_ONCE),
      // Their quota is enforced by removing others; what is left of the disk is everybody's.
      onLoaded: (outcome) => deps.metrics.instruments.mediaDownloads.inc({ outcome }),
      room: createBlobRoom({ directory, quotaBytes: Number.MAX_SAFE_INTEGER, stored: async () => 0, clock }),
    }),
    reseal: messages.reseal,
    async close() {
      cleaning.cancel();
      await egress.close();
    },
  };
}

/** WhatsApp's, or that of the sandbox: then this one address of the loopback is open, and nothing else. */
function mediaHost(sandbox: SandboxConfig | null) {
  if (!sandbox) return { origin: WHATSAPP_MEDIA_ORIGIN, allowances: [], ca: null };
  const { mediaOrigin, mediaCaFile } = sandbox;
  const url = mediaOrigin === null ? null : new URL(mediaOrigin);
  const allowance = url && parseEgressAllowance(url.port === '' ? `${url.hostname}:443` : url.host);
  return {
    origin: url?.origin ?? null,
    allowances: allowance ? [allowance] : [],
    ca: mediaCaFile === null ? null : readFileSync(mediaCaFile, 'utf8'),
  };
}
