import type { AlertImage, AlertOrder, Reading } from './alert.ts';
import type { AlertTopic } from './mqtt-topics.ts';

/** What a message of a broker asks for. */
export interface BrokerMessage {
  readonly order: AlertOrder;
  /** What its sender calls it; null: nothing. */
  readonly id: string | null;
}

/** Larger ones are no alerts; an image comes as a URL, or from another way in. */
export const MOST_PAYLOAD_BYTES = 4 * 1024 * 1024;

const MOST_MESSAGE = 2_000;
const MOST_READINGS = 50;
const MOST_NAME = 60;
const MOST_VALUE = 60;
const NOT_READINGS: ReadonlySet<string> = new Set(['id', 'message', 'image', 'data']);

/**
 * A text as it is; or a JSON object with `message`, `data`, `image` and `id`, where any other plain field counts as a reading. What
 * does not fit is left out or cut: a sensor cannot correct itself, and half an alert is better than none.
 */
export function readPayload(payload: Uint8Array, topic: string, rule: AlertTopic): BrokerMessage {
  const text = Buffer.from(payload).toString('utf8').toWellFormed().replaceAll('\0', '').trim();
  const fields = fieldsOf(text);
  const { list, escalate, requiresAck, pool } = rule;
  const standing = rule.message ?? topic;
  const said = fields === null ? text : textIn(fields.message);
  const order: AlertOrder = {
    list,
    message: (said === null || said === '' ? standing : said).slice(0, MOST_MESSAGE).toWellFormed(),
    data: fields === null ? [] : readingsOf(fields),
    image: fields === null ? null : imageOf(fields.image),
    escalate,
    requiresAck,
    pool,
  };
  const id = fields === null ? null : textIn(fields.id);
  return { order, id: id === '' ? null : id };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null; // a text that begins with a brace
  }
}

function readingsOf({ data, ...fields }: Readonly<Record<string, unknown>>): Reading[] {
  const named = typeof data === 'object' && data !== null ? { ...fields, ...data } : fields;
  return Object.entries(named)
    .filter(([name]) => !NOT_READINGS.has(name))
    .flatMap(([name, value]) => {
      const text = textIn(value);
      return text === null ? [] : [{ name: cut(name, MOST_NAME), value: cut(text, MOST_VALUE) }];
    })
    .slice(0, MOST_READINGS)
    .filter(fitsInto(MOST_MESSAGE / 2));
}

/** As many as there is room for, in characters. */
function fitsInto(room: number): (reading: Reading) => boolean {
  let left = room;
  return ({ name, value }) => {
    left -= name.length + value.length + 3;
    return left >= 0;
  };
}

function imageOf(image: unknown): AlertImage | null {
  if (typeof image === 'string' && image.startsWith('https://')) return { url: image };
  if (typeof image === 'string' && image !== '') return { base64: image };
  if (typeof image !== 'object' || image === null) return null;
  if ('url' in image && typeof image.url === 'string') return { url: image.url };
  if ('base64' in image && typeof image.base64 === 'string') return { base64: image.base64 };
  return null;
}

function textIn(value: unknown): string | null {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}
