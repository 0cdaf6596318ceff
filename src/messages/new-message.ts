import { toContentColumns } from '../outbox/outbox-content.ts';
import type { NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingContent } from '../whatsapp/outgoing.ts';

/** A message somebody asked for through the API, as a row of the outbox. */
export function newMessage(
  ids: Ids,
  { deviceId, to, content, dueAt }: { deviceId: DeviceId; to: Jid; content: OutgoingContent; dueAt: Date },
): NewOutboxMessage {
  return {
    id: ids.next(),
    deviceId,
    waMessageId: ids.nextWaMessageId(),
    to,
    ...toContentColumns(content),
    source: 'api',
    dueAt,
    delayMs: null,
    onAmbiguous: 'resend',
    expiresAt: null,
  };
}
