import { createEventBus, type Unsubscribe } from '../../shared/event-bus.ts';
import type { PhoneStore } from './phone-store.ts';

/** The file of a message. */
export interface MessageMedia {
  readonly kind: string;
  readonly mimetype: string;
  readonly fileName: string | null;
  /** Of audio and video. */
  readonly seconds: number | null;
  /** Length and SHA-256 (hex) of the file, as its sender says. */
  readonly bytes: number;
  readonly sha256: string;
  /** What the phone downloaded and decrypted; null when it sent it, or could not. */
  readonly received: { readonly bytes: number; readonly sha256: string } | null;
  readonly state: 'uploaded' | 'downloading' | 'downloaded' | 'failed';
  /** Why it failed. */
  readonly problem: string | null;
}

/** The options of a poll, and what people voted for, by phone number. */
export interface MessagePoll {
  readonly options: readonly string[];
  readonly votes: Readonly<Record<string, readonly string[]>>;
}

/** One line of a phone's message list. */
export interface PhoneMessage {
  readonly id: string;
  /** `own-copy`: sent by a linked device of the same person, shown here too. */
  readonly direction: 'received' | 'sent' | 'own-copy';
  /** The chat as it was addressed, without a device part, e.g. `628…@s.whatsapp.net`, `…@lid` or `…@g.us`. */
  readonly chat: string;
  /** Phone number of the person on the other side; null when the chat is no person the simulator knows. */
  readonly peer: string | null;
  /** Phone number of who wrote it; null when the simulator does not know them. */
  readonly author: string | null;
  /** The device that sent it. */
  readonly from: string;
  /** `text`, `edit`, `revoke`, or the protobuf name of other content. */
  readonly kind: string;
  /** The text, caption or emoji as it is now; null where there is none, or none any more. */
  readonly text: string | null;
  /** The message it changes, reacts to or votes on. */
  readonly target: string | null;
  /** The message it answers. */
  readonly quoted: string | null;
  readonly edited: boolean;
  /** Taken back for everybody. */
  readonly revoked: boolean;
  /** Emojis by the phone number of who reacted. */
  readonly reactions: Readonly<Record<string, string>>;
  readonly media: MessageMedia | null;
  readonly poll: MessagePoll | null;
  /** ISO 8601. */
  readonly at: string;
  /**
   * Moves forward only; in a group it is that of the member who is furthest. A received or copied message is
   * `received`, then `read` when the owner read it.
   */
  readonly status: 'pending' | 'sent' | 'delivered' | 'received' | 'read';
}

/** What becomes of a message later. */
export interface Amendment {
  readonly text?: string | null;
  readonly edited?: boolean;
  readonly revoked?: boolean;
  readonly media?: MessageMedia;
  readonly poll?: MessagePoll;
  /** Replaces the earlier vote of the same person. */
  readonly vote?: { readonly by: string; readonly options: readonly string[] };
  /** An empty emoji takes the reaction back. */
  readonly reaction?: { readonly by: string; readonly emoji: string };
}

/** The messages of one phone, oldest first; the oldest are forgotten beyond the limit. */
export interface MessageBook {
  /** False when the book has this message already. */
  add(message: PhoneMessage): boolean;
  find(id: string): PhoneMessage | null;
  list(): readonly PhoneMessage[];
  /** Moves the status forward; a step back is ignored. */
  advance(id: string, status: PhoneMessage['status']): void;
  /** An unknown id is ignored. */
  amend(id: string, amendment: Amendment): void;
  /** Called after each addition and each change. */
  onChange(listener: (message: PhoneMessage) => void): Unsubscribe;
}

/** How many messages a phone shows. */
export const KEPT_MESSAGES = 10_000;
const ORDER = ['pending', 'sent', 'received', 'delivered', 'read'];

export function openMessageBook(
  store: PhoneStore,
  phoneNumber: string,
  onError: (error: unknown) => void,
): MessageBook {
  const prefix = `message/${phoneNumber}/`;
  const messages = new Map<string, PhoneMessage>();
  const changes = createEventBus<PhoneMessage>(onError);
  for (const key of store.keys(prefix)) {
    const message = toMessage(store.get(key));
    messages.set(message.id, message);
  }

  const put = (message: PhoneMessage) => {
    messages.set(message.id, message);
    store.set(prefix + message.id, message);
    changes.publish(message);
  };
  return {
    add(message) {
      if (messages.has(message.id)) return false;
      put(message);
      const [oldest] = messages.keys();
      if (messages.size > KEPT_MESSAGES && oldest !== undefined) {
        messages.delete(oldest);
        store.delete(prefix + oldest);
        for (const kind of ['media', 'poll']) store.delete(`${kind}/${phoneNumber}/${oldest}`);
      }
      return true;
    },
    find: (id) => messages.get(id) ?? null,
    list: () => [...messages.values()],
    advance(id, status) {
      const message = messages.get(id);
      if (!message || ORDER.indexOf(status) <= ORDER.indexOf(message.status)) return;
      put({ ...message, status });
    },
    amend(id, amendment) {
      const message = messages.get(id);
      if (message) put(amended(message, amendment));
    },
    onChange: (listener) => changes.subscribe(listener),
  };
}

function amended(message: PhoneMessage, { reaction, vote, ...changes }: Amendment): PhoneMessage {
  if (vote && message.poll) {
    const votes = { ...message.poll.votes, [vote.by]: vote.options };
    return { ...message, poll: { ...message.poll, votes } };
  }
  if (!reaction) return { ...message, ...changes };
  const { [reaction.by]: _, ...others } = message.reactions;
  const reactions = reaction.emoji === '' ? others : { ...others, [reaction.by]: reaction.emoji };
  return { ...message, ...changes, reactions };
}

/** What messages of earlier versions of the store lack. */
const NOTHING_MORE = {
  author: null,
  target: null,
  quoted: null,
  edited: false,
  revoked: false,
  reactions: {},
  media: null,
  poll: null,
} as const;

/** The store is ours alone; what it returns has the form we gave it. */
function toMessage(value: unknown): PhoneMessage {
  return { ...NOTHING_MORE, ...(value as PhoneMessage) };
}
