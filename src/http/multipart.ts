import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../shared/errors.ts';

/** The file of a form, while it comes in. */
export interface FormFile {
  /** Must be read to its end, or given up with the request. Throws VALIDATION_FAILED when the form breaks off. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly fileName: string | null;
  /** As the sender says. */
  readonly mimetype: string | null;
}

/** A field that is given several times has all its values. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/** More than any form of ours has. */
const MOST_FIELDS = 64;
const LONGEST_FIELD_BYTES = 64 * 1024;
/** What a form has beside its file. */
export const FORM_OVERHEAD_BYTES = 256 * 1024;

/** Routes registered after this, in the same scope, take forms. */
export async function acceptForms(app: FastifyInstance): Promise<void> {
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: {
      fields: MOST_FIELDS,
      fieldSize: LONGEST_FIELD_BYTES,
      // A second file is refused by name, below.
      files: 2,
      // Whoever takes the file counts its bytes.
      fileSize: Number.POSITIVE_INFINITY,
    },
  });
}

export function isForm(request: FastifyRequest): boolean {
  return request.isMultipart();
}

/**
 * Reads a form whose one file is called `file`; the fields may stand before and after it. Throws VALIDATION_FAILED, BODY_TOO_LARGE
 * before anything is read when the body says that it is larger, and what `take` throws.
 */
export async function readForm<File>(
  request: FastifyRequest,
  { maxBytes, take }: { maxBytes: number; take(file: FormFile): Promise<File> },
): Promise<{ fields: FormFields; file: File | null }> {
  refuseTooLarge(request, maxBytes);
  const fields: Record<string, string | string[]> = {};
  let file: File | null = null;
  const parts = request.parts();
  for (let next = await nextOf(parts); !next.done; next = await nextOf(parts)) {
    const part = next.value;
    if (part.type === 'field') {
      addField(fields, part);
      continue;
    }
    if (part.fieldname !== 'file' || file !== null) throw broken('one file is taken, in the field `file`');
    const { filename } = part;
    // A part of which nothing is said counts as this (RFC 7578), so it says nothing.
    const mimetype = part.mimetype === 'text/plain' ? null : part.mimetype || null;
    file = await take({ bytes: bytesOf(part.file), fileName: filename || null, mimetype });
  }
  return { fields, file };
}

function refuseTooLarge({ headers }: FastifyRequest, maxBytes: number): void {
  const announced = Number(headers['content-length'] ?? 0);
  if (announced > maxBytes + FORM_OVERHEAD_BYTES) throw new AppError('BODY_TOO_LARGE', { maxBytes });
}

async function nextOf<Part>(parts: AsyncIterator<Part>): Promise<IteratorResult<Part>> {
  try {
    return await parts.next();
  } catch (error) {
    throw broken('the form cannot be read', error);
  }
}

async function* bytesOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch (error) {
    throw broken('the form breaks off', error);
  }
}

function addField(
  fields: Record<string, string | string[]>,
  { fieldname, value, valueTruncated }: { fieldname: string; value: unknown; valueTruncated: boolean },
): void {
  if (valueTruncated || typeof value !== 'string')
    throw broken(`the field ${fieldname} is no text, or too long`);
  const known = fields[fieldname];
  fields[fieldname] = known === undefined ? value : [...[known].flat(), value];
}

function broken(reason: string, cause?: unknown): AppError {
  return new AppError('VALIDATION_FAILED', { in: 'body', reason }, { cause });
}
