import type { Socket } from 'node:net';
import type { Ids } from '../shared/ids.ts';
import { failure } from './envelope.ts';

const STATUS_BY_CODE: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

interface MalformedHttpDeps {
  ids: Ids;
  timestamp: () => string;
}

/** Answers bytes that are no HTTP request, in the envelope: there is no request object that Fastify could answer. */
export function createMalformedHttpAnswer({ ids, timestamp }: MalformedHttpDeps) {
  return (error: Error & { code?: string }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const status = STATUS_BY_CODE[error.code ?? ''] ?? '400 Bad Request';
    if (socket.writable) socket.write(answer(status));
    socket.destroy(error);
  };

  function answer(status: string): string {
    const message = `The request is not valid HTTP: ${status}`;
    const body = JSON.stringify(failure(timestamp(), 'VALIDATION_FAILED', { message }));
    const head = [
      `HTTP/1.1 ${status}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${ids.next()}`,
      'Connection: close',
    ];
    return `${head.join('\r\n')}\r\n\r\n${body}`;
  }
}
