import type { WireNode } from '../node.ts';
import { decodeProto, encodeProto } from '../wire/proto.ts';
import type { Message } from './payload.ts';
import type { PhoneStore } from './phone-store.ts';

/** A message of the phone as it goes out, and goes out again when a reader asks for it. */
export interface SentMessage {
  readonly id: string;
  /** Without a device. */
  readonly chat: string;
  readonly content: Message;
  /** The `type` of the stanza: `text`, `media`, `reaction` or `poll`. */
  readonly type: string;
  /** The `edit` of the stanza: 1 for an edit, 7 for taking back, 8 for taking back as an admin; null for the rest. */
  readonly edit: string | null;
  /** The `mediatype` of what is encrypted; null when it is no media. */
  readonly mediaType: string | null;
}

/** The messages a phone can send again. */
export interface SentBox {
  put(message: SentMessage): void;
  find(id: string): SentMessage | null;
  /** Remembers what went on the wire for a message, until the simulator stops. */
  keepStanza(id: string, stanza: WireNode): void;
  stanzaOf(id: string): WireNode | null;
}

/** As many messages can be sent again; the oldest are forgotten. */
const KEPT = 10_000;
const KEPT_STANZAS = 500;

interface Stored extends Omit<SentMessage, 'content'> {
  /** Encoded, base64. */
  readonly content: string;
}

/** The sent messages of a phone in the store. */
export function openSentBox(store: PhoneStore, phoneNumber: string): SentBox {
  const prefix = `sent/${phoneNumber}/`;
  const stanzas = new Map<string, WireNode>();
  const ids = new Set(store.keys(prefix).map((key) => key.slice(prefix.length)));
  return {
    put(message) {
      const content = Buffer.from(encodeProto('Message', message.content)).toString('base64');
      store.set(prefix + message.id, { ...message, content });
      ids.add(message.id);
      const [oldest] = ids;
      if (ids.size <= KEPT || oldest === undefined) return;
      ids.delete(oldest);
      store.delete(prefix + oldest);
    },
    keepStanza(id, stanza) {
      stanzas.delete(id);
      stanzas.set(id, stanza);
      const [oldest] = stanzas.keys();
      if (stanzas.size > KEPT_STANZAS && oldest !== undefined) stanzas.delete(oldest);
    },
    stanzaOf: (id) => stanzas.get(id) ?? null,
    find(id) {
      const stored = toStored(store.get(prefix + id));
      return stored && { ...stored, content: decodeProto('Message', Buffer.from(stored.content, 'base64')) };
    },
  };
}

/** The store is ours alone; what it returns has the form we gave it. */
function toStored(value: unknown): Stored | null {
  return value === undefined ? null : (value as Stored);
}
