import { createHash } from 'node:crypto';
import type { Reading } from './alert.ts';

/** The message with its readings below, one a line. */
export function textOf({ message, data }: { message: string; data: readonly Reading[] }): string {
  if (data.length === 0) return message;
  return [message, '', ...data.map(({ name, value }) => `${name}: ${value}`)].join('\n');
}

/** What the second list reads. */
export function escalatedText(text: string, listName: string): string {
  return `${text}\n\nNobody of ${listName} has acknowledged this.`;
}

/** How long a text may be so that all that is added later fits into a message, or below a picture; in characters. */
export const MOST_TEXT = 3_900;
export const MOST_CAPTION = 850;
/** What WhatsApp takes as a text, and below a picture; in characters. */
const MOST_SENT = 4_096;
const MOST_SENT_CAPTION = 1_024;

/** What one recipient reads: an alert that grew too long with what is known of them is cut, which beats none. */
export function fitting(text: string, { hasImage }: { hasImage: boolean }): string {
  return text.slice(0, hasImage ? MOST_SENT_CAPTION : MOST_SENT).toWellFormed();
}

/**
 * What is the same alert. Readings are left out: an alarm that flaps has others each time. Whoever may use some devices only repeats
 * but alerts of those: what others told is not shown, and not known to have been told.
 */
export function sameAlert(
  listId: number,
  { message, deviceIds }: { message: string; deviceIds: readonly string[] | null },
): string {
  const reach = deviceIds === null ? [] : ['of', ...deviceIds.toSorted()];
  return digest(['alert', listId, message, ...reach]);
}

/** What is the same message of a broker, by the id its sender gave it. */
export function sameMessage(topic: string, id: string): string {
  return digest(['message', topic, id]);
}

/** What is the same packet, should the broker deliver it again. */
export function samePacket(topic: string, packetId: number, payload: Uint8Array): string {
  const body = createHash('sha256').update(payload).digest('hex');
  return digest(['packet', topic, packetId, body]);
}

function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
