import { AppError, type ErrorCode } from '../shared/errors.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseGroup, parseRecipient } from '../whatsapp/recipient.ts';

/** WhatsApp's own limit is larger; longer texts are documents. In characters. */
export const MAX_TEXT_LENGTH = 4096;
/** Longer than any address people write. */
const MAX_RECIPIENT_LENGTH = 80;

/** One of many texts that are asked for in one request. */
export interface TextItem {
  readonly to: Jid;
  readonly text: string;
}

/** What is wrong with one field of one item. */
export interface ItemProblem {
  readonly field: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Reads one item as a caller sent it: what to send, or everything that is wrong with it. */
export type ReadItem = (item: unknown) => TextItem | { readonly problems: readonly ItemProblem[] };

/** Items `{to, message}`: to people, and to groups by their JID. */
export function createTextItemReader(country: DefaultCountry): ReadItem {
  return itemReader('to', (text) => parseRecipient(text, country));
}

/** Items `{groupId, message}`. */
export function createGroupTextItemReader(): ReadItem {
  return itemReader('groupId', parseGroup);
}

function itemReader(field: 'to' | 'groupId', parse: (text: string) => Jid): ReadItem {
  return (item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      const message = `an object with ${field} and message is expected`;
      return { problems: [{ field: '', code: 'VALIDATION_FAILED', message }] };
    }
    const given = new Map<string, unknown>(Object.entries(item));
    const to = readRecipient(field, given.get(field), parse);
    const text = readText(given.get('message'));
    if (typeof to === 'string' && typeof text === 'string') return { to, text };
    return { problems: [to, text].filter((each) => typeof each !== 'string') };
  };
}

/** A recipient as it is written in an item, or what is wrong with it. */
export function readRecipientField(
  field: string,
  value: unknown,
  country: DefaultCountry,
): Jid | ItemProblem {
  return readRecipient(field, value, (text) => parseRecipient(text, country));
}

function readRecipient(field: string, value: unknown, parse: (text: string) => Jid): Jid | ItemProblem {
  const length = typeof value === 'string' ? value.trim().length : 0;
  if (typeof value !== 'string' || length < 3 || length > MAX_RECIPIENT_LENGTH) {
    return { field, code: 'VALIDATION_FAILED', message: `a text of 3 to ${MAX_RECIPIENT_LENGTH} characters` };
  }
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { field, code: error.code, message: error.message };
  }
}

function readText(value: unknown): string | ItemProblem {
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT_LENGTH) return value;
  return {
    field: 'message',
    code: 'VALIDATION_FAILED',
    message: `a text of 1 to ${MAX_TEXT_LENGTH} characters`,
  };
}
