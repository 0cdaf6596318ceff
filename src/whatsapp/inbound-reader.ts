import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import type { AuthState } from './auth-open-state.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import { toReceivedMessage } from './baileys-message-mapper.ts';
import type { Journalled } from './inbound-journal-seal.ts';
import { formatJid, isLid, type Jid, jidParts, PN_SERVER, parseJid, withoutDevice } from './jid.ts';
import type { ReceivedMessage } from './socket.ts';

/** What a journal entry turned out to be. */
export type InboundReading =
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  /**
   * A phone talking to its devices: the library acts on it after the receipt, and may need it once more. `messages`: there may be
   * messages in it.
   */
  | { readonly kind: 'device-talk'; readonly about: 'messages' | 'other' }
  /** It carried keys only. */
  | { readonly kind: 'nothing' }
  /** Damaged, or no message at all. */
  | { readonly kind: 'undecodable' };

export interface InboundEntry {
  /** 32 bytes; names the entry within its device. */
  readonly hash: Uint8Array;
  readonly reading: InboundReading;
}

/** The addresses of a device's own account, without device parts, as far as they are known. */
export interface OwnAddresses {
  readonly jid: Jid | null;
  readonly lid: Jid | null;
}

/** Reads what a device's journal holds and nobody took over yet. Throws what Database throws. */
export interface InboundReader {
  /** Who the device is now. */
  own(): OwnAddresses;
  /** The oldest entries first, `limit` at most. */
  next(limit: number): Promise<InboundEntry[]>;
}

interface ReaderDeps {
  readonly inbound: AuthState['inbound'];
  readonly keys: Pick<AuthState['keys'], 'get'>;
  /** Who we are, as known when an entry is read. */
  readonly creds: AuthenticationCreds;
  readonly library: ReaderLibrary;
  readonly clock: Clock;
}

type ReaderLibrary = Pick<
  BaileysLibrary,
  'cleanMessage' | 'decodeMessageNode' | 'normalizeMessageContent' | 'proto' | 'unpadRandomMax16'
>;

export function createInboundReader(deps: ReaderDeps): InboundReader {
  return {
    own() {
      const { id = '', lid = '' } = deps.creds.me ?? {};
      return { jid: addressOf(id), lid: addressOf(lid) };
    },
    async next(limit) {
      const entries = await deps.inbound.newEntries(limit);
      const readings = entries.map(
        ({ journalled }): InboundReading => (journalled ? read(journalled, deps) : { kind: 'undecodable' }),
      );
      const numberOf = await numbersBehind(readings, deps);
      return entries.map(({ hash }, index) => ({
        hash,
        reading: completed(readings[index] ?? { kind: 'undecodable' }, numberOf),
      }));
    },
  };
}

function addressOf(text: string): Jid | null {
  const jid = parseJid(text);
  return jid && withoutDevice(jid);
}

type NumberOf = (jid: Jid | null) => Jid | null;

/** The phone-number addresses the library knows for hidden ids that came without one, such as those on copies of own messages. */
async function numbersBehind(
  readings: readonly InboundReading[],
  { keys }: Pick<ReaderDeps, 'keys'>,
): Promise<NumberOf> {
  const messages = readings.flatMap((reading) => (reading.kind === 'message' ? [reading.message] : []));
  const lonely = messages.flatMap(({ chat, chatAlt, participant, participantAlt }) => [
    ...(chatAlt === null && isLid(chat) ? [chat] : []),
    ...(participant && participantAlt === null && isLid(participant) ? [participant] : []),
  ]);
  if (lonely.length === 0) return () => null;
  const users = [...new Set(lonely.map((jid) => jidParts(jid).user))];
  const known = await keys.get(
    'lid-mapping',
    users.map((user) => `${user}_reverse`),
  );
  return (jid) => {
    const user = jid && isLid(jid) ? known[`${jidParts(jid).user}_reverse`] : undefined;
    return user ? formatJid({ user, server: PN_SERVER }) : null;
  };
}

function completed(reading: InboundReading, numberOf: NumberOf): InboundReading {
  if (reading.kind !== 'message') return reading;
  const { chat, chatAlt, participant, participantAlt } = reading.message;
  return {
    kind: 'message',
    message: {
      ...reading.message,
      chatAlt: chatAlt ?? numberOf(chat),
      participantAlt: participantAlt ?? numberOf(participant),
    },
  };
}

/** Strangers wrote the bytes, so whatever they make the parser throw is about them. */
function read(journalled: Journalled, deps: ReaderDeps): InboundReading {
  try {
    return interpret(journalled, deps);
  } catch {
    return { kind: 'undecodable' };
  }
}

/** The same steps as the library's own for a message it has just decrypted. */
function interpret({ attrs, plain }: Journalled, { library, creds, clock }: ReaderDeps): InboundReading {
  const { id: ownJid = '', lid: ownLid = '' } = creds.me ?? {};
  const { fullMessage } = library.decodeMessageNode({ tag: 'message', attrs }, ownJid, ownLid);
  const content = library.proto.Message.decode(library.unpadRandomMax16(plain));
  const { deviceSentMessage: copy } = content;
  // Our phone's word for where it went; the stanza says so too, unless it was sent to ourselves.
  if (copy?.destinationJid && !attrs.recipient && !attrs.participant)
    fullMessage.key.remoteJid = copy.destinationJid;
  fullMessage.message = copy?.message ?? content;
  library.cleanMessage(fullMessage, ownJid, ownLid);
  const message = toReceivedMessage(fullMessage, {
    normalizeMessageContent: library.normalizeMessageContent,
    own: [parseJid(ownJid), parseJid(ownLid)],
    now: clock.now(),
  });
  if (message) return { kind: 'message', message };
  const talk = fullMessage.message?.protocolMessage;
  if (!talk) return { kind: 'nothing' };
  const isKeys = talk.type === library.proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE;
  return { kind: 'device-talk', about: isKeys ? 'other' : 'messages' };
}
