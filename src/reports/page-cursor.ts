import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../shared/errors.ts';

/** Numbers and texts that say where the next page goes on. */
export type Mark = readonly (string | number)[];

/** Makes cursors that nobody can make up, and that belong to one question. */
export interface Cursors {
  seal(question: string, mark: Mark): string;
  /** Throws CURSOR_INVALID for a text that is no cursor, and for the cursor of another question. */
  open(question: string, cursor: string): Mark;
}

/** One page: by number, or after the last one of the page before. */
export interface Paging {
  readonly page: number;
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  readonly nextCursor: string | null;
}

/** A page of a list that was made whole; its cursor is the place in the list. */
export function pageOfAll<Item>(
  all: readonly Item[],
  { page, pageSize, cursor }: Paging,
  { cursors, question }: { cursors: Cursors; question: string },
): Page<Item> {
  const from = cursor === undefined ? (page - 1) * pageSize : Number(cursors.open(question, cursor)[0]);
  const next = from + pageSize;
  const nextCursor = next < all.length ? cursors.seal(question, [next]) : null;
  return { items: all.slice(from, next), total: all.length, page, pageSize, nextCursor };
}

/** Bytes of the signature that are kept: enough against guessing, and a cursor stays short in an address. */
const SIGNATURE_BYTES = 15;

/** Signs with the first secret; those of earlier master keys are still good. */
export function createCursors(secrets: readonly [Buffer, ...Buffer[]]): Cursors {
  const signature = (secret: Buffer, question: string, body: string) =>
    createHmac('sha256', secret).update(`${question}\n${body}`).digest().subarray(0, SIGNATURE_BYTES);
  return {
    seal(question, mark) {
      const body = Buffer.from(JSON.stringify(mark)).toString('base64url');
      return `${body}.${signature(secrets[0], question, body).toString('base64url')}`;
    },
    open(question, cursor) {
      const [body = '', signed = '', ...rest] = cursor.split('.');
      const given = Buffer.from(signed, 'base64url');
      const isOurs = secrets.some(
        (secret) =>
          given.length === SIGNATURE_BYTES && timingSafeEqual(given, signature(secret, question, body)),
      );
      if (!isOurs || rest.length > 0) throw new AppError('CURSOR_INVALID');
      return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Mark;
    },
  };
}
