import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Receiving, receiveBody } from './base64-files.ts';
import { queueLargeBodies } from './large-bodies.ts';
import { acceptForms, type FormFields, isForm, readForm } from './multipart.ts';

/** Where files go while a request comes in. */
export interface FileReceiver<File> extends Receiving<File> {
  readonly maxBytes: number;
  receive(bytes: AsyncIterable<Uint8Array>): Promise<File>;
  /** Harmless for one that somebody took. */
  discard(file: File): Promise<void>;
}

/**
 * Routes registered after this, in the same scope, find the files of their requests on the disk, whether they came as a form or as
 * text: `body.file`, or `file` of each of `body.items`. What no one took is discarded with the answer.
 */
export async function acceptFiles<File>(app: FastifyInstance, media: FileReceiver<File>): Promise<void> {
  await acceptForms(app);
  queueLargeBodies(app);
  const received = new WeakMap<FastifyRequest, File[]>();
  const discardAll = async (request: FastifyRequest) => {
    for (const file of received.get(request)?.splice(0) ?? []) await media.discard(file);
  };
  app.addHook('preValidation', async (request) => {
    const files: File[] = [];
    received.set(request, files);
    if (isForm(request)) request.body = await bodyOfForm(request, { media, files });
    else {
      const { body, files: more } = await receiveBody(request.body, media);
      files.push(...more);
      request.body = body;
    }
  });
  // Also for a caller that has hung up.
  app.addHook('onSend', discardAll);
}

/** How large a JSON body with a file of this size may be. */
export function jsonLimit(maxBytes: number): number {
  const BESIDE = 256 * 1024;
  return Math.ceil(maxBytes / 3) * 4 + BESIDE;
}

async function bodyOfForm<File>(
  request: FastifyRequest,
  { media, files }: { media: FileReceiver<File>; files: File[] },
): Promise<object> {
  const { fields, file } = await readForm(request, {
    maxBytes: media.maxBytes,
    async take({ bytes, fileName, mimetype }) {
      const taken = await media.receive(bytes);
      files.push(taken);
      return { file: taken, ...(fileName !== null && { fileName }), ...(mimetype !== null && { mimetype }) };
    },
  });
  return { ...file, ...typed(fields) };
}

/** A form has texts only. */
function typed(fields: FormFields): object {
  const { file: _, base64: __, viewOnce, mentions, ...texts } = fields;
  return {
    ...texts,
    ...(viewOnce !== undefined && { viewOnce: viewOnce === 'true' || viewOnce === '1' }),
    ...(mentions !== undefined && { mentions: [mentions].flat() }),
  };
}
