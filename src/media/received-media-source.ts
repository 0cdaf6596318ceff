import type { Readable } from 'node:stream';
import type { Egress, OutsideStream } from '../egress/egress-client.ts';
import { EgressError } from '../egress/egress-error.ts';
import { streamThroughProxy } from '../egress/proxied-stream.ts';
import type { ProxyTunnels } from '../egress/proxy-tunnel.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { receivedMediaUrl } from './received-media-address.ts';

export interface SourceRequest {
  /** As the sender of the message wrote it. */
  readonly directPath: string;
  /** Of the device: with a proxy nothing of it goes another way. */
  readonly proxyUrl: string | null;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** The one host files are fetched from. */
export interface ReceivedMediaSource {
  /**
   * The encrypted file as it comes; `gone`: the host has it no more. Throws MEDIA_NOT_FOUND for a path that is none, and
   * WHATSAPP_UNAVAILABLE; the stream fails with EgressError.
   */
  get(request: SourceRequest): Promise<Readable | 'gone'>;
}

export interface SourceDeps {
  /** An https origin; null: there is none, and nothing is fetched. */
  readonly origin: string | null;
  readonly egress: Pick<Egress, 'streamOutside'>;
  readonly tunnels: Pick<ProxyTunnels, 'open'>;
  readonly clock: Clock;
}

/** The whole of a download, in ms. */
const DOWNLOAD_MS = 120_000;
/** The host expects to be asked by WhatsApp Web. */
const HEADERS = { origin: 'https://web.whatsapp.com' };
/** 403 is what an address gets whose signature has run out. */
const GONE = [403, 404, 410];

export function createReceivedMediaSource({
  origin,
  egress,
  tunnels,
  clock,
}: SourceDeps): ReceivedMediaSource {
  const stream = async (url: URL, { proxyUrl, maxBytes, signal }: SourceRequest): Promise<OutsideStream> => {
    const common = { maxBytes, signal, headers: HEADERS };
    if (proxyUrl !== null)
      return streamThroughProxy({ ...common, url, proxyUrl, totalMs: DOWNLOAD_MS }, { tunnels, clock });
    return egress.streamOutside({ ...common, url: url.href, timeouts: { totalMs: DOWNLOAD_MS } });
  };
  return {
    async get(request) {
      if (origin === null) throw new AppError('WHATSAPP_UNAVAILABLE', { reason: 'no-media-host' });
      const url = receivedMediaUrl(origin, request.directPath);
      if (!url) throw new AppError('MEDIA_NOT_FOUND');
      const { status, body } = await stream(url, request).catch((error: unknown) => {
        throw asUnavailable(error);
      });
      if (status === 200) return body;
      body.destroy();
      if (GONE.includes(status)) return 'gone';
      throw new AppError('WHATSAPP_UNAVAILABLE', { reason: 'media-status', status });
    },
  };
}

/** What a download died of, as its caller is told it. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof EgressError)) return error;
  return new AppError('WHATSAPP_UNAVAILABLE', { reason: `media-${error.failure}` }, { cause: error });
}
