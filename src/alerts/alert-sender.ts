import type { DeviceDetails } from '../devices/device-view.ts';
import { newMessage } from '../messages/new-message.ts';
import type { NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { ListMessage } from '../recipients/list-messages.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import { formatJid, PN_SERVER } from '../whatsapp/jid.ts';
import type { OutgoingMedia } from '../whatsapp/outgoing.ts';
import type { NewAlertItem } from './alert.ts';
import { fitting } from './alert-text.ts';

interface SenderDeps {
  /** See recipients/list-messages.ts. */
  listMessages(listId: number, template: string): Promise<readonly ListMessage[]>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** What one list is to be told. */
export interface Telling {
  readonly alertId: string;
  readonly stage: 1 | 2;
  readonly listId: number;
  readonly text: string;
  readonly media: OutgoingMedia | null;
  readonly deviceId: DeviceId;
}

/** Messages of the outbox, and the items that remember whose they are. */
export interface Told {
  readonly messages: readonly NewOutboxMessage[];
  readonly items: readonly NewAlertItem[];
}

export type AlertSender = ReturnType<typeof createAlertSender>;

/** At once: nobody is told of a fire in bulk. */
const MOST_RECIPIENTS = 1_000;
/** What has not gone by then is news to nobody, in ms. */
const LIFE_MS = 24 * 60 * 60_000;

/** Makes the messages of an alert. Throws RECIPIENT_LIST_NOT_FOUND, and VALIDATION_FAILED for a list that is empty or too long. */
export function createAlertSender({ listMessages, ids, clock }: SenderDeps) {
  return async ({ alertId, stage, listId, text, media, deviceId }: Telling): Promise<Told> => {
    const people = await listMessages(listId, text);
    if (people.length > MOST_RECIPIENTS) {
      const message = `more than ${MOST_RECIPIENTS} are on the list`;
      throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'list', message }] });
    }
    const dueAt = clock.now();
    const expiresAt = new Date(dueAt.getTime() + LIFE_MS);
    const items: NewAlertItem[] = [];
    const messages = people.map(({ to: number, message: filled, name }) => {
      const to = formatJid({ user: number, server: PN_SERVER });
      const message = fitting(filled, { hasImage: media !== null });
      const content = media
        ? ({ kind: 'image', media, caption: message } as const)
        : ({ kind: 'text', text: message } as const);
      const sent = newMessage(ids, { deviceId, to, content, dueAt, source: 'alert', expiresAt });
      items.push({ id: sent.id, alertId, stage, name, to, deviceId, waMessageId: sent.waMessageId });
      return sent;
    });
    return { messages, items };
  };
}

/**
 * The device that tells an alert: the first that is connected and that WhatsApp lets send, else one that is, else one that will
 * be back by itself. Throws POOL_EXHAUSTED.
 */
export function deviceFor(devices: readonly DeviceDetails[]): DeviceId {
  const able = devices.filter((each) => hindranceOf(each) === null);
  const [device] = able.toSorted((one, other) => rankOf(one) - rankOf(other));
  if (device) return device.deviceId as DeviceId;
  const tried = devices.map((each) => ({ deviceId: each.deviceId, reason: hindranceOf(each) }));
  throw new AppError('POOL_EXHAUSTED', { tried });
}

function rankOf({ isConnected, health }: DeviceDetails): number {
  if (!isConnected) return 2;
  return health.rateLimitedUntil === null ? 0 : 1;
}

function hindranceOf({ isConnected, hasSession, status, cause }: DeviceDetails): string | null {
  if (isConnected) return null;
  if (!hasSession) return 'no_session';
  if (status === 'error' || cause?.source === 'operator') return cause?.code ?? 'error';
  return null;
}
