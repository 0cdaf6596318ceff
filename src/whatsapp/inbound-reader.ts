import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import type { AuthState } from './auth-open-state.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import { toReceivedMessage } from './baileys-message-mapper.ts';
import type { Journalled } from './inbound-journal-seal.ts';
import { parseJid } from './jid.ts';
import type { ReceivedMessage } from './socket.ts';

/** What a journal entry turned out to be. */
export type InboundReading =
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  /** A phone talking to its devices: the library acts on it after the receipt, and may need it once more. */
  | { readonly kind: 'device-talk' }
  /** It carried keys only. */
  | { readonly kind: 'nothing' }
  /** Damaged, or no message at all. */
  | { readonly kind: 'undecodable' };

export interface InboundEntry {
  /** 32 bytes; names the entry within its device. */
  readonly hash: Uint8Array;
  readonly reading: InboundReading;
}

/** Reads what a device's journal holds and nobody took over yet. Throws what Database throws. */
export interface InboundReader {
  /** The oldest entries first, `limit` at most. */
  next(limit: number): Promise<InboundEntry[]>;
}

interface ReaderDeps {
  readonly inbound: AuthState['inbound'];
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
    async next(limit) {
      const entries = await deps.inbound.newEntries(limit);
      return entries.map(({ hash, journalled }) => ({
        hash,
        reading: journalled ? read(journalled, deps) : { kind: 'undecodable' },
      }));
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
  return { kind: fullMessage.message?.protocolMessage ? 'device-talk' : 'nothing' };
}
