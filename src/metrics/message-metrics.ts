import type { MessageEvent } from '../messages/message-events.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import { GROUP_SERVER, type Jid, jidParts, LID_SERVER, PN_SERVER } from '../whatsapp/jid.ts';
import type { Instruments } from './instruments.ts';

/** Counts received messages, by what kind of chat they came in. */
export function measureReceived(
  messages: EventBus<MessageEvent>,
  { received }: Pick<Instruments, 'received'>,
): Unsubscribe {
  return messages.subscribe(({ message }) => received.inc({ chat: kindOf(message.chat) }));
}

function kindOf(chat: Jid): string {
  const { server } = jidParts(chat);
  if (server === PN_SERVER || server === LID_SERVER) return 'user';
  return server === GROUP_SERVER ? 'group' : 'other';
}
