import type { FastifyReply } from 'fastify';
import type { RoutePlugin } from '../http/fastify.ts';
import { AppError } from '../shared/errors.ts';
import { rangeOf } from './byte-range.ts';
import { nameDownload } from './received-media-name.ts';
import { ReceivedMediaParams } from './received-media-schemas.ts';
import type { CheckedFile, FoundFile, ReceivedMediaService } from './received-media-service.ts';

interface ReceivedMediaRoutesOptions {
  receivedMedia: ReceivedMediaService;
}

/** Files that devices received. */
export const receivedMediaRoutes: RoutePlugin<ReceivedMediaRoutesOptions> = async (
  app,
  { receivedMedia },
) => {
  app.get('/devices/:deviceId/media/:messageId', getReceivedMedia, async (request, reply) => {
    const { deviceId, messageId } = request.params;
    const found = await receivedMedia.find(deviceId, messageId);
    const tag = `"${found.tag}"`;
    if (request.headers['if-none-match'] === tag) return named(reply, tag).code(304).send();
    const file = await receivedMedia.load(found, leaving(reply));
    const { range: asked, 'if-range': onlyIf = tag } = request.headers;
    // Not before: a failure that was kept under the name of the file would be taken for it.
    return send(reply, {
      tag,
      found,
      file,
      range: rangeOf(onlyIf === tag ? asked : undefined, file.sizeBytes),
    });
  });
};

/** Whoever has it asks each time whether he still may. */
function named(reply: FastifyReply, tag: string): FastifyReply {
  return reply.header('etag', tag).header('cache-control', 'private, no-cache');
}

interface Sending {
  readonly tag: string;
  readonly found: FoundFile;
  readonly file: CheckedFile;
  readonly range: ReturnType<typeof rangeOf>;
}

function send(reply: FastifyReply, { tag, found, file, range }: Sending) {
  const { sizeBytes } = file;
  const body = file.read(range === 'all' ? null : range);
  // The caller may have left while it was checked; then nobody reads.
  if (reply.raw.destroyed || range === null) body.destroy();
  reply.header('accept-ranges', 'bytes');
  if (range === null) {
    reply.header('content-range', `bytes */${sizeBytes}`);
    throw new AppError('RANGE_NOT_SATISFIABLE', { sizeBytes });
  }
  const { contentType, disposition } = nameDownload(found.media, `${found.message.type}-${found.message.id}`);
  if (range !== 'all')
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  return named(reply, tag)
    .type(contentType)
    .header('content-length', range === 'all' ? sizeBytes : range.end - range.start + 1)
    .header('content-disposition', disposition)
    .header('content-security-policy', "default-src 'none'; sandbox")
    .send(body);
}

/** Aborted when the caller goes away before the answer is through. */
function leaving({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => controller.abort());
  return controller.signal;
}

const getReceivedMedia = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getReceivedMedia',
    tags: ['Messages'],
    summary: 'The file of a received message, checked and decrypted',
    params: ReceivedMediaParams,
  },
} as const;
