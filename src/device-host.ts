import type { Basics } from './basics.ts';
import { createConnectThrottle, DEFAULT_THROTTLE } from './devices/connect-throttle.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import { createDeviceManager, type DeviceManager } from './devices/device-manager.ts';
import type { DeviceRepository } from './devices/device-repository.ts';
import { createSystemResolver } from './egress/egress-resolver.ts';
import { createProxyTunnels } from './egress/proxy-tunnel.ts';
import type { Foundation } from './foundation.ts';
import type { LeaseKeeper } from './leases/lease-keeper.ts';
import type { BlobStore } from './media/blob-store.ts';
import { createResendRepository } from './outbox/resend-repository.ts';
import { createSentContentRepository } from './outbox/sent-content-repository.ts';
import { createSettingRepository } from './settings/setting-repository.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { DeviceId, WaMessageId } from './shared/ids.ts';
import { createAuthStates } from './whatsapp/auth-state.ts';
import { WHATSAPP_ENDPOINT } from './whatsapp/baileys-config.ts';
import { type BaileysLibrary, preloadBaileys } from './whatsapp/baileys-library.ts';
import { createBaileysSockets } from './whatsapp/baileys-socket.ts';
import type { InboundSink } from './whatsapp/inbound-connection.ts';
import type { SentContent } from './whatsapp/outgoing.ts';
import { type SandboxTrust, sandboxMedia, trustSandbox } from './whatsapp/sandbox-trust.ts';
import { createVersionKeeper, type WaVersion } from './whatsapp/version-keeper.ts';

interface DeviceHostDeps extends Basics {
  readonly foundation: Foundation;
  readonly leases: LeaseKeeper;
  readonly devices: DeviceRepository;
  readonly bus: EventBus<DeviceEvent>;
  /** What takes over what devices received. */
  readonly inbound: InboundSink;
  findSent(message: { deviceId: DeviceId; waMessageId: WaMessageId }): Promise<SentContent | null>;
  eraseChatStore(deviceId: DeviceId): Promise<void>;
  /** The files that are to be sent. */
  readonly blobs: Pick<BlobStore, 'open' | 'temporary'>;
}

/** Devices, and the version of WhatsApp Web they present. */
interface DeviceHost {
  readonly manager: DeviceManager;
  whatsAppVersion(): Promise<WaVersion>;
}

/** Everything that owns sockets: Baileys, auth state, the WhatsApp version, and the registry of devices above them. */
export function createDeviceHost(deps: DeviceHostDeps): DeviceHost {
  const { config, clock, random, ids, log, foundation, leases, devices, bus } = deps;
  const { database, keyRing } = foundation;
  const { whatsapp } = config;
  const sandbox = sandboxOf(deps);
  const library = loadLibrary(deps, sandbox);
  const authStates = createAuthStates({ database, keyRing, dataDir: config.dataDir, clock, ids, log });
  const versions = createVersionKeeper({
    configured: whatsapp.version && [...whatsapp.version],
    builtIn: async () => (await library).DEFAULT_CONNECTION_CONFIG.version,
    fetchLatest: sandbox ? null : async () => fetchLatestVersion(await library),
    settings: createSettingRepository({ database, clock }),
    clock,
    log,
  });
  const sockets = createBaileysSockets({
    settings: {
      endpoint: sandbox?.endpoint ?? WHATSAPP_ENDPOINT,
      connectTimeoutMs: whatsapp.connectTimeoutMs,
      queryTimeoutMs: whatsapp.queryTimeoutMs,
      keepAliveIntervalMs: whatsapp.keepAliveIntervalMs,
    },
    authStates,
    version: versions.current,
    findSent: deps.findSent,
    files: { ...deps.blobs, ...createSentContentRepository({ database }) },
    resends: createResendRepository({ database }),
    inbound: deps.inbound,
    inboundJournal: deps.tuning?.inboundJournal,
    logLimits: deps.tuning?.logLimits,
    ids,
    random,
    tunnels: createProxyTunnels({ allowances: config.egressAllow, resolver: createSystemResolver(), clock }),
    media: sandbox && sandboxMedia(sandbox),
    clock,
    log,
  });
  bus.subscribe((event) => {
    if (event.type !== 'state-changed' || event.state.status !== 'connected') return;
    versions.accepted().catch((error: unknown) => log.warn({ err: error }, 'good version not remembered'));
  });
  const manager = createDeviceManager({
    rows: devices,
    bus,
    leases,
    sessions: authStates,
    openSocket: sockets.open,
    forgetSocketCaches: sockets.forget,
    eraseChatStore: deps.eraseChatStore,
    throttle: createConnectThrottle({
      clock,
      limits: { ...DEFAULT_THROTTLE, burst: whatsapp.connectBurst, perSecond: whatsapp.connectsPerSecond },
    }),
    refreshVersion: versions.refresh,
    keepAliveMs: whatsapp.keepAliveIntervalMs,
    random,
    clock,
    log,
  });
  return { manager, whatsAppVersion: versions.current };
}

function sandboxOf({ config }: DeviceHostDeps): SandboxTrust | null {
  if (!config.sandbox) return null;
  const { endpoint, rootKeyHex, mediaOrigin, mediaCaFile } = config.sandbox;
  if (endpoint === null || rootKeyHex === null)
    throw new Error('the sandbox needs WA_ENDPOINT and WA_ROOT_KEY');
  return { endpoint, rootKeyHex, mediaOrigin, mediaCaFile };
}

/** Begins at once, because it takes some hundred milliseconds and every device waits for it. */
function loadLibrary(deps: DeviceHostDeps, sandbox: SandboxTrust | null): Promise<BaileysLibrary> {
  const library = preloadBaileys(deps).then((loaded) => {
    if (sandbox) trustSandbox(loaded, sandbox);
    return loaded;
  });
  library.catch((error: unknown) => deps.log.error({ err: error }, 'Baileys could not be loaded'));
  return library;
}

async function fetchLatestVersion({ fetchLatestWaWebVersion }: BaileysLibrary): Promise<WaVersion> {
  const { version, isLatest, error } = await fetchLatestWaWebVersion();
  if (!isLatest) throw new Error('the current WhatsApp version could not be read', { cause: error });
  return version;
}
