import { toContentColumns } from '../outbox/outbox-content.ts';
import type { MessageSource, NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingContent } from '../whatsapp/outgoing.ts';

interface AskedMessage {
  readonly deviceId: DeviceId;
  readonly to: Jid;
  readonly content: OutgoingContent;
  readonly dueAt: Date;
  /** `api` when left out. */
  readonly source?: MessageSource | undefined;
  /** Not begun after this; left out: whenever the device comes back. */
  readonly expiresAt?: Date | null | undefined;
}

/** A message somebody asked for through the API, as a row of the outbox. */
export function newMessage(
  ids: Ids,
  { deviceId, to, content, dueAt, source = 'api', expiresAt = null }: AskedMessage,
): NewOutboxMessage {
  return {
    id: ids.next(),
    deviceId,
    waMessageId: ids.nextWaMessageId(),
    to,
    ...toContentColumns(content),
    source,
    dueAt,
    delayMs: null,
    onAmbiguous: 'resend',
    expiresAt,
  };
}
