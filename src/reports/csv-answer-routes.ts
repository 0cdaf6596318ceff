import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Sends pieces as the caller takes them; the schema of the answer is for JSON. */
export function sendCsv(reply: FastifyReply, fileName: string, pieces: AsyncIterable<string>) {
  reply.request.audited.isExport = true;
  reply.type('text/csv; charset=utf-8');
  reply.header('content-disposition', `attachment; filename="${fileName}"`);
  return reply.send(Readable.from(pieces, { objectMode: false }));
}
