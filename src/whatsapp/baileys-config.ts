import type { proto, UserFacingSocketConfig, WAVersion } from '@whiskeysockets/baileys';
import type { BaileysCaches } from './baileys-caches.ts';
import type { MediaTransport, ProxyRoute } from './transport.ts';

/** What the operator may set about sockets; all times in ms. */
export interface SocketSettings {
  /** The WebSocket URL; WhatsApp's own unless the sandbox names another. Never a caller's word. */
  readonly endpoint: string;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  /** How long each QR is valid; left out, as WhatsApp Web has it: 60 s, then 20 s each. */
  readonly qrTimeoutMs?: number;
}

/** The endpoint of the real WhatsApp. */
export const WHATSAPP_ENDPOINT = 'wss://web.whatsapp.com/ws/chat';

/** HistorySyncType.FULL of WAProto. */
const FULL_HISTORY = 2;

type HistoryNotice = Pick<proto.Message.IHistorySyncNotification, 'syncType'>;

/**
 * Everything but the full history: that is gigabytes, while the small syncs carry LID mappings and push names without
 * which sessions break. Set here and not left to the library, whose default has changed before.
 */
export function shouldSyncHistoryMessage({ syncType }: HistoryNotice): boolean {
  return syncType !== FULL_HISTORY;
}

/** The part of Baileys' configuration that does not depend on the device. */
export function baileysConfig(request: {
  settings: SocketSettings;
  version: WAVersion;
  caches: BaileysCaches;
  /** The sandbox's; trusts its authority, and carries the WebSocket too where that is wss. */
  media: MediaTransport | null;
  proxy: ProxyRoute | null;
  markOnline: boolean;
}): Omit<UserFacingSocketConfig, 'auth'> {
  const { settings, version, caches, proxy, markOnline } = request;
  // The sandbox answers for all media on this machine; a proxy elsewhere has no way there.
  const media = request.media ?? proxy?.media ?? null;
  const agent =
    proxy?.socketAgent ?? (settings.endpoint.startsWith('wss:') ? request.media?.agent : undefined);
  return {
    version,
    waWebSocketUrl: settings.endpoint,
    connectTimeoutMs: settings.connectTimeoutMs,
    defaultQueryTimeoutMs: settings.queryTimeoutMs,
    keepAliveIntervalMs: settings.keepAliveIntervalMs,
    shouldSyncHistoryMessage,
    syncFullHistory: false,
    markOnlineOnConnect: markOnline,
    emitOwnEvents: false,
    generateHighQualityLinkPreview: false,
    // Retrying a failed commit inside the library holds the device's inbound path for half a minute; the store retries.
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    // The refusal of an undecryptable copy leaves this long after the retry request; a fast resend must not meet it.
    retryRequestDelayMs: 50,
    ...(settings.qrTimeoutMs !== undefined && { qrTimeout: settings.qrTimeoutMs }),
    ...caches,
    ...(agent && { agent }),
    ...(media && { fetchAgent: media.agent, options: media.fetchOptions }),
  };
}
