import type { Basics } from './basics.ts';
import {
  type ChatHistoryService,
  createChatHistoryService,
  type LiveDevices,
} from './chat-store/chat-history-service.ts';
import { toChatMessage } from './chat-store/chat-message.ts';
import { createChatStoreFiles } from './chat-store/chat-store-file.ts';
import { type ChatStores, createChatStores } from './chat-store/chat-stores.ts';
import { createLocalDays, type LocalDays } from './chat-store/local-days.ts';
import type { Device } from './devices/device.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import type { MessageEvent } from './messages/message-events.ts';
import type { Outbox } from './outbox/outbox.ts';
import { type QueuedMessage, withoutSecrets } from './outbox/outbox-message.ts';
import type { Clock } from './shared/clock.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { DeviceId } from './shared/ids.ts';

interface StoreDeps extends Basics {
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly messageEvents: EventBus<MessageEvent>;
  /** Whether anything of the device may be kept. */
  mayKeep(deviceId: DeviceId): Promise<boolean>;
}

/** The stores of live devices, fed by what they receive. */
export function createChatStoreHost(deps: StoreDeps): ChatStores & { sent(message: QueuedMessage): void } {
  const { config, clock, random, log, mayKeep } = deps;
  const files = createChatStoreFiles({ folder: config.sessionsDir, random });
  const stores = createChatStores({ files, maxBytes: config.chatStoreBytes, mayKeep, clock, log });
  deps.messageEvents.subscribe(({ deviceId, message }) => stores.add(deviceId, toChatMessage(message)));
  deps.deviceEvents.subscribe(({ type, deviceId }) => {
    // Another account may be behind it now.
    if (type !== 'authenticated') return;
    stores
      .erase(deviceId)
      .catch((error: unknown) => log.error({ deviceId, err: error }, 'chat store not erased'));
  });
  return {
    ...stores,
    sent(accepted) {
      const { deviceId, to, waMessageId, kind, text } = withoutSecrets(accepted);
      const message = {
        messageId: waMessageId,
        fromMe: true,
        author: null,
        pushName: null,
        type: kind,
        text,
        quotedMessageId: null,
        // As WhatsApp tells the time of a message, so that an answer within the second stands after it.
        at: Math.floor(clock.now().getTime() / 1000) * 1000,
      };
      stores.add(deviceId, { chat: to, chatAlt: null, message });
    },
  };
}

interface HistoryDeps {
  readonly devices: { find(deviceId: DeviceId): Promise<Device | null> };
  readonly stores: ChatStores;
  readonly manager: Pick<DeviceManager, 'socketOf' | 'viewOf'>;
  readonly outbox: Pick<Outbox, 'isConnected' | 'isConnectedElsewhere'>;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly clock: Clock;
  readonly timezone: string;
}

export interface ChatHistoryHost {
  readonly chatHistory: ChatHistoryService;
  readonly days: LocalDays;
}

/** How long a phone may take to answer; it may have to wake up. */
const PHONE_PATIENCE_MS = 15_000;

/** Chat history: from the stores, and from phones through their sockets. */
export function createChatHistoryHost(deps: HistoryDeps): ChatHistoryHost {
  const { devices, stores, manager, outbox, clock, timezone } = deps;
  const live: LiveDevices = {
    isConnected: outbox.isConnected,
    isRunElsewhere: async (deviceId) =>
      !outbox.isConnected(deviceId) && (await outbox.isConnectedElsewhere(deviceId)),
    whenSynced: (deviceId, waitMs) => whenSynced(deps, { deviceId, waitMs }),
    askPhone: (deviceId, request) =>
      manager.socketOf(deviceId).fetchOlder({ ...request, timeoutMs: PHONE_PATIENCE_MS }),
  };
  return {
    chatHistory: createChatHistoryService({ devices, stores, live }),
    days: createLocalDays({ clock, timezone }),
  };
}

async function whenSynced(
  { devices, manager, deviceEvents, clock }: HistoryDeps,
  { deviceId, waitMs }: { deviceId: DeviceId; waitMs: number },
): Promise<void> {
  const device = waitMs > 0 ? await devices.find(deviceId) : null;
  if (!device) return;
  const isSynced = ({ isConnected, syncProgress }: { isConnected: boolean; syncProgress: number }) =>
    isConnected && syncProgress >= 100;
  await new Promise<void>((resolve) => {
    const end = () => {
      timer.cancel();
      stop();
      resolve();
    };
    const timer = clock.after(waitMs, end);
    const stop = deviceEvents.subscribe((event) => {
      if (event.type === 'state-changed' && event.deviceId === deviceId && isSynced(event.view)) end();
    });
    if (isSynced(manager.viewOf(device))) end();
  });
}
