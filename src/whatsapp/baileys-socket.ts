import type { AuthenticationCreds, WASocket, WAVersion } from '@whiskeysockets/baileys';
import type { ProxyTunnels } from '../egress/proxy-tunnel.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import { makePreKeysDurable } from './auth-pre-keys.ts';
import type { AuthFailure, AuthState, AuthStates } from './auth-state.ts';
import { type BaileysCaches, createBaileysCaches } from './baileys-caches.ts';
import { createBaileysCommands } from './baileys-commands.ts';
import { baileysConfig, type SocketSettings } from './baileys-config.ts';
import { listenToBaileys } from './baileys-events.ts';
import { type BaileysLibrary, preloadBaileys } from './baileys-library.ts';
import { createBaileysLogger } from './baileys-logger.ts';
import { openProxyRoute } from './device-proxy.ts';
import { createGroupCache } from './group-cache.ts';
import { connectInbound, type InboundConnection, type InboundDeps } from './inbound-connection.ts';
import type { UndecryptableCiphertext } from './inbound-journal.ts';
import { createInboundReader } from './inbound-reader.ts';
import { jidParts, parseJid } from './jid.ts';
import type { SentContent } from './outgoing.ts';
import { toWaContent } from './outgoing-content.ts';
import { createOutgoingMedia, type OutgoingFiles } from './outgoing-media.ts';
import type { ResendLog } from './retry-counters.ts';
import type { IdentityPair, OpenSocket, SocketEvent, SocketRequest, WhatsAppSocket } from './socket.ts';
import { createSocketEnding, type SocketEnding } from './socket-ending.ts';
import type { MediaTransport } from './transport.ts';

export interface BaileysSocketDeps extends InboundDeps {
  readonly settings: SocketSettings;
  readonly authStates: Pick<AuthStates, 'open'>;
  /** The WhatsApp version to present now. */
  version(): Promise<WAVersion>;
  /** The text of a message of ours, for a recipient that could not decrypt it; null when unknown. */
  findSent(message: { deviceId: DeviceId; waMessageId: WaMessageId }): Promise<SentContent | null>;
  /** The files that messages of ours bring. */
  readonly files: OutgoingFiles;
  readonly random: Random;
  /** How often recipients got messages of ours again. */
  readonly resends: ResendLog;
  /** The way out of devices that have a proxy. */
  readonly tunnels: ProxyTunnels;
  /** `off` only where a test shows what the limit is good for. */
  readonly logLimits?: 'off' | undefined;
  /** Sandbox only. */
  readonly media: MediaTransport | null;
}

/** Opens sockets on Baileys; `forget` drops what is kept for a device between its sockets. */
export interface BaileysSockets {
  readonly open: OpenSocket;
  forget(deviceId: DeviceId): void;
}

export function createBaileysSockets(deps: BaileysSocketDeps): BaileysSockets {
  const cachesByDevice = new Map<DeviceId, BaileysCaches>();
  const cachesOf = (deviceId: DeviceId) => {
    const caches = cachesByDevice.get(deviceId) ?? createBaileysCaches({ ...deps, deviceId });
    cachesByDevice.set(deviceId, caches);
    return caches;
  };
  return {
    open: (request) => openBaileysSocket(request, { ...deps, caches: cachesOf(request.deviceId) }),
    forget: (deviceId) => void cachesByDevice.delete(deviceId),
  };
}

async function openBaileysSocket(
  request: SocketRequest,
  deps: BaileysSocketDeps & { caches: BaileysCaches },
): Promise<WhatsAppSocket> {
  const { deviceId, epoch, mayMintCredentials, markOnline, proxyUrl } = request;
  const { tunnels, settings } = deps;
  const proxy =
    proxyUrl === null ? null : await openProxyRoute(proxyUrl, { tunnels, endpoint: settings.endpoint });
  const [library, version, auth] = await Promise.all([
    preloadBaileys(deps),
    deps.version(),
    deps.authStates.open({ deviceId, epoch, mayMint: mayMintCredentials }),
  ]);
  forgetUnconfirmedPairing(auth.creds);
  await rememberOwnAddresses(auth);
  const reader = createInboundReader({ ...auth, library, clock: deps.clock });
  // What a crash left behind comes first, so that messages keep their order.
  await deps.inbound.take(deviceId, reader);
  const onIdentities = (pairs: readonly IdentityPair[]) =>
    void (pairs.length > 0 && request.onEvent({ type: 'identities', pairs }));
  const onUndecryptable = ({ waMessageId, isFromOwnPhone }: UndecryptableCiphertext) =>
    request.onEvent({ type: 'undecryptable', waMessageId: waMessageId as WaMessageId, isFromOwnPhone });
  const inbound = connectInbound({ deviceId, reader, auth, library, onIdentities, onUndecryptable }, deps);
  const groups = createGroupCache(deps.clock);
  const media = createOutgoingMedia({ files: deps.files, random: deps.random, library });
  const sock = library.makeWASocket({
    ...baileysConfig({ ...deps, version, markOnline, proxy }),
    ...inbound.config,
    auth: { creds: auth.creds, keys: auth.keys },
    logger: createBaileysLogger({ ...deps, deviceId }),
    cachedGroupMetadata: groups.metadata,
    getMessage: async ({ id }) => {
      const name = { deviceId, waMessageId: id as WaMessageId };
      const sent = id ? await deps.findSent(name) : null;
      if (!sent) return undefined;
      return 'media' in sent.content
        ? ((await media.uploaded(name)) ?? undefined)
        : toWaContent(sent.content, sent);
    },
  });
  groups.watch(sock);
  inbound.watch(sock.ws);
  makePreKeysDurable(sock.authState.keys, auth.keys);
  hastenClose(sock, deps.clock);
  const ending = createSocketEnding();
  superviseSocket({ ...deps, sock, auth, request, ending, library, inbound });
  return createBaileysCommands({ deviceId, sock, ending, clock: deps.clock, library, media });
}

/**
 * Asking for a pairing code writes `me` before a phone confirmed anything; with it the next connect would be a login
 * and end in 401. Only a confirmed pairing has the phone's `account` signature.
 */
function forgetUnconfirmedPairing(creds: AuthenticationCreds): void {
  if (!creds.me || creds.account) return;
  delete creds.me;
  creds.pairingCode = undefined;
}

/**
 * Baileys learns that our number and our LID are one person only after the open. What the phone sends before is decrypted
 * under the number and what follows is looked up under the LID, where no session is, and the first sync is lost.
 */
async function rememberOwnAddresses({ creds, keys }: AuthState): Promise<void> {
  const [own, lid] = [parseJid(creds.me?.id ?? ''), parseJid(creds.me?.lid ?? '')];
  if (!own || !lid) return;
  const [pnUser, lidUser] = [jidParts(own).user, jidParts(lid).user];
  const known = await keys.get('lid-mapping', [pnUser]);
  if (known[pnUser] === lidUser) return;
  await keys.set({ 'lid-mapping': { [pnUser]: lidUser, [`${lidUser}_reverse`]: pnUser } });
}

/** A silent peer never answers the closing handshake, and ws would wait thirty seconds for it. */
function hastenClose(sock: WASocket, clock: Clock): void {
  const CLOSE_PATIENCE_MS = 1_000;
  const { ws } = sock;
  let tcp: { destroy(): void } | null = null;
  ws.on('upgrade', (response: { socket: { destroy(): void } }) => {
    tcp = response.socket;
  });
  const close = ws.close.bind(ws);
  ws.close = async () => {
    const timer = clock.after(CLOSE_PATIENCE_MS, () => tcp?.destroy());
    await close();
    timer.cancel();
  };
}

/** Longest wait for the store when a socket ended; a dead database must not hold up a shutdown. */
const FLUSH_PATIENCE_MS = 5_000;

interface SupervisedSocket {
  readonly sock: WASocket;
  readonly auth: AuthState;
  readonly request: SocketRequest;
  readonly ending: SocketEnding;
  readonly clock: Clock;
  readonly settings: SocketSettings;
  readonly library: Pick<BaileysLibrary, 'normalizeMessageContent'>;
  readonly inbound: Pick<InboundConnection, 'covers' | 'finish'>;
}

/** Joins Baileys' events with the fate of the store; `close` comes last, when the credentials are durable. */
function superviseSocket(parts: SupervisedSocket): void {
  const { sock, auth, request, ending, clock, inbound } = parts;
  const emit = (event: SocketEvent) => request.onEvent(event);
  let paired: Promise<void> = Promise.resolve();
  let failed = false;

  const fail = (reason: AuthFailure) => {
    if (failed) return;
    failed = true;
    emit({ type: 'auth-failure', reason });
    // The socket goes first: with it closed Baileys neither refuses nor acknowledges what it could not store.
    void sock.end(undefined);
  };
  auth.onFailure(fail);

  listenToBaileys({
    sock,
    clock,
    emit,
    normalizeMessageContent: parts.library.normalizeMessageContent,
    isJournalled: inbound.covers,
    qrTimeoutMs: parts.settings.qrTimeoutMs ?? null,
    onCredentials() {
      auth.saveCreds().catch(() => fail('store-unavailable'));
    },
    onPaired() {
      paired = announcePairing({ sock, auth, emit }).catch(() => fail('store-unavailable'));
    },
    async onEnd(wire) {
      const disconnect = ending.attribute(wire);
      const patience = new Promise<void>((resolve) => clock.after(FLUSH_PATIENCE_MS, resolve));
      await Promise.race([Promise.allSettled([paired, auth.flush().then(inbound.finish)]), patience]);
      emit({ type: 'close', disconnect });
      ending.settle(disconnect);
    },
  });
}

/** The 515 restart logs in with these credentials, so they are durable before anybody hears of the pairing. */
async function announcePairing(parts: {
  sock: WASocket;
  auth: AuthState;
  emit: (event: SocketEvent) => void;
}): Promise<void> {
  const { sock, auth, emit } = parts;
  await auth.saveCreds();
  await auth.flush();
  const { me } = sock.authState.creds;
  const jid = parseJid(me?.id ?? '');
  if (jid) emit({ type: 'paired', jid, lid: parseJid(me?.lid ?? '') });
}
