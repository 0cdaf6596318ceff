import type { PhoneMessage } from '../../api/sandbox-types.ts';
import { t } from './texts.ts';

/** Messages of a phone with one person or group, the oldest first. */
export interface PhoneChat {
  /** A phone number or the address of a group: where the phone writes to. */
  readonly to: string;
  readonly messages: readonly PhoneMessage[];
  readonly unread: number;
}

/** The messages (newest first) by chat; the chat with the newest message comes first. */
export function chatsOf(messages: readonly PhoneMessage[]): PhoneChat[] {
  const byChat = new Map<string, PhoneMessage[]>();
  for (const message of messages) {
    // A reaction, an edit or a vote shows at the message it is about.
    if (message.target !== null) continue;
    const to = addressOf(message);
    const known = byChat.get(to);
    if (known) known.push(message);
    else byChat.set(to, [message]);
  }
  return [...byChat].map(([to, found]) => ({
    to,
    messages: found.toReversed(),
    unread: found.filter(isUnread).length,
  }));
}

export function isUnread({ direction, status }: PhoneMessage): boolean {
  return direction === 'received' && status === 'received';
}

/** One line of it, for a list. */
export function previewOf({ text, kind, media }: PhoneMessage): string {
  return text ?? media?.fileName ?? kindText(kind);
}

/** What it is, of a message without words. */
export function kindText(kind: string): string {
  return t.maybe(`is.${kind.replace(/Message$/, '')}`, kind);
}

/** A person has a number and a hidden address; both are the same chat. */
function addressOf({ chat, peer }: PhoneMessage): string {
  return chat.endsWith('@g.us') ? chat : (peer ?? chat.replace(/@s\.whatsapp\.net$/, ''));
}
