import { createEventBus, type Unsubscribe } from '../../shared/event-bus.ts';
import type { PhoneStore } from './phone-store.ts';

/** One line of a phone's message list. */
export interface PhoneMessage {
  readonly id: string;
  /** `own-copy`: sent by a linked device of the same person, shown here too. */
  readonly direction: 'received' | 'sent' | 'own-copy';
  /** The chat as it was addressed, without a device part, e.g. `628…@s.whatsapp.net` or `…@lid`. */
  readonly chat: string;
  /** Phone number of the person on the other side; null when the chat is no person the simulator knows. */
  readonly peer: string | null;
  /** The device that sent it. */
  readonly from: string;
  /** `text`, or the protobuf name of other content. */
  readonly kind: string;
  readonly text: string | null;
  /** ISO 8601. */
  readonly at: string;
  /** Moves forward only. A received or copied message is `received`, then `read` when the owner read it. */
  readonly status: 'pending' | 'sent' | 'delivered' | 'received' | 'read';
}

/** The messages of one phone, oldest first; the oldest are forgotten beyond the limit. */
export interface MessageBook {
  /** False when the book has this message already. */
  add(message: PhoneMessage): boolean;
  find(id: string): PhoneMessage | null;
  list(): readonly PhoneMessage[];
  /** Moves the status forward; a step back is ignored. */
  advance(id: string, status: PhoneMessage['status']): void;
  /** Called after each addition and each change of status. */
  onChange(listener: (message: PhoneMessage) => void): Unsubscribe;
}

const KEPT = 2_000;
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
      if (messages.size > KEPT && oldest !== undefined) {
        messages.delete(oldest);
        store.delete(prefix + oldest);
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
    onChange: (listener) => changes.subscribe(listener),
  };
}

/** The store is ours alone; what it returns has the form we gave it. */
function toMessage(value: unknown): PhoneMessage {
  return value as PhoneMessage;
}
