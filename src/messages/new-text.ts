import type { NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { TextItem } from './text-item.ts';

/** A text somebody asked for through the API, as a row of the outbox. */
export function newText(
  ids: Ids,
  { deviceId, to, text, dueAt }: TextItem & { deviceId: DeviceId; dueAt: Date },
): NewOutboxMessage {
  return {
    id: ids.next(),
    deviceId,
    waMessageId: ids.nextWaMessageId(),
    to,
    kind: 'text',
    text,
    content: null,
    source: 'api',
    dueAt,
    delayMs: null,
    onAmbiguous: 'resend',
    expiresAt: null,
  };
}
