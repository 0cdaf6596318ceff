import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type TestServer } from './server.ts';

/** The largest file the servers of these tests take, in bytes. */
export const MAX_BYTES = 2_000_000;

/** Whom the files go to. */
export const TO = '08123456789';

interface Sent {
  readonly messageId: string;
  readonly status: string;
}

const PATH = 'devices/shop/send-media?queue=true';

/** A server with a device that is never connected: what is accepted waits. */
export async function startMediaServer(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const started = await startServer({
    environment: { RATE_LIMIT_PER_MINUTE: '0', MEDIA_MAX_BYTES: String(MAX_BYTES), ...environment },
  });
  await started.createDevice('shop');
  return started;
}

/** The ways to ask for a file to be sent. */
export function mediaRequests(server: TestServer) {
  const send = (body: object) => server.api.post<Sent>(PATH, { to: TO, ...body });
  const sendRaw = async (body: Response, headers = {}) =>
    server.api.call<Sent>({
      method: 'POST',
      path: PATH,
      raw: new Uint8Array(await body.arrayBuffer()),
      headers: { 'content-type': body.headers.get('content-type') ?? '', ...headers },
    });
  return {
    send,
    sendRaw,
    sendFile: (file: Uint8Array, body: object) =>
      send({ base64: Buffer.from(file).toString('base64'), ...body }),
    sendForm(parts: readonly (readonly [string, string | Uint8Array])[], headers = {}) {
      const form = new FormData();
      for (const [name, value] of parts) {
        if (typeof value === 'string') form.append(name, value);
        else form.append(name, new Blob([Buffer.from(value)]), 'a file');
      }
      return sendRaw(new Response(form), headers);
    },
    /** What requests left on the disk that is neither kept nor removed. */
    leftovers: () => readdirSync(join(server.dataDir, 'media', 'tmp')),
  };
}
