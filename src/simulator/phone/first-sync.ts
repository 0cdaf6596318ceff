import type { DeviceAddress, SimAccount } from '../core.ts';
import type { Proto } from '../wire/proto.ts';
import { PROTOCOL_MESSAGE_TYPE } from '../wire/proto-message.ts';
import { HISTORY_SYNC_TYPE } from '../wire/proto-sync.ts';
import { historyNotification, seconds, sendToCompanion, webMessage } from './history-notice.ts';
import { ownAccount, type PhoneContext } from './phone-context.ts';
import { renewSessions } from './sessions.ts';

/** How much of each chat a new companion is given. */
const MESSAGES_PER_CHAT = 20;

/**
 * What a phone sends a companion it has just linked, in this order: the key of the app state, the chats, the names,
 * and the end of the recent history. Until the second arrives, clients hold back every event.
 */
export async function sendFirstSync(context: PhoneContext, device: number): Promise<void> {
  const companion: DeviceAddress = { user: context.phoneNumber, device, server: 's.whatsapp.net' };
  await renewSessions(context, [companion]);
  const known = people(context, ownAccount(context));
  const bootstrap = {
    conversations: conversations(context),
    phoneNumberToLidMappings: known.map(toLidMapping),
  };
  const messages = [
    {
      type: PROTOCOL_MESSAGE_TYPE.APP_STATE_SYNC_KEY_SHARE,
      appStateSyncKeyShare: { keys: [appStateKey(context, device)] },
    },
    historyNotification({ syncType: HISTORY_SYNC_TYPE.INITIAL_BOOTSTRAP, chunkOrder: 1, ...bootstrap }),
    historyNotification({ syncType: HISTORY_SYNC_TYPE.PUSH_NAME, pushnames: known.map(toPushName) }),
    historyNotification({ syncType: HISTORY_SYNC_TYPE.RECENT, chunkOrder: 1, progress: 100 }),
  ];
  for (const message of messages) await sendToCompanion(context, companion, message);
}

/** One key for the life of the account, so that every companion can read the same app state. */
function appStateKey(
  { store, phoneNumber, random, endpoint, clock }: PhoneContext,
  device: number,
): Proto<'AppStateSyncKey'> {
  const name = `app-state-key/${phoneNumber}`;
  const stored = String(store.get(name) ?? random.bytes(38).toString('hex'));
  store.set(name, stored);
  const bytes = Buffer.from(stored, 'hex');
  return {
    keyId: { keyId: bytes.subarray(0, 6) },
    keyData: {
      keyData: bytes.subarray(6),
      fingerprint: { rawId: endpoint.registrationId, currentIndex: device, deviceIndexes: [0, device] },
      timestamp: clock.now().getTime(),
    },
  };
}

function conversations(context: PhoneContext): Proto<'Conversation'>[] {
  const chats = Map.groupBy(context.book.list(), ({ chat }) => chat);
  return [...chats].map(([chat, messages]) => ({
    id: chat,
    conversationTimestamp: seconds(messages.at(-1)?.at),
    messages: messages.slice(-MESSAGES_PER_CHAT).map((message) => ({ message: webMessage(message) })),
  }));
}

/** Everybody the owner has a chat with, and the owner. */
function people({ book, core }: PhoneContext, own: SimAccount): SimAccount[] {
  const peers = new Set(book.list().flatMap(({ peer }) => peer ?? []));
  peers.delete(own.phoneNumber);
  return [own, ...[...peers].flatMap((peer) => core.findAccount(peer) ?? [])];
}

function toLidMapping({ phoneNumber, lid }: SimAccount): Proto<'PhoneNumberToLIDMapping'> {
  return { pnJid: `${phoneNumber}@s.whatsapp.net`, lidJid: `${lid}@lid` };
}

function toPushName({ phoneNumber, pushName }: SimAccount): Proto<'Pushname'> {
  return { id: `${phoneNumber}@s.whatsapp.net`, pushname: pushName };
}
