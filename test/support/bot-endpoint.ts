import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSignedWith, type WebhookHeaders } from '../../src/shared/standard-webhooks.ts';
import { createRecorder, type Recorder } from './recorder.ts';

/** One question a bot was asked. */
export interface Question {
  /** `webhook-id`. */
  readonly id: string;
  readonly text: string | null;
  readonly deviceId: string;
  readonly body: string;
  readonly headers: WebhookHeaders;
  isSignedWith(secret: string): boolean;
}

export interface BotEndpoint {
  readonly url: string;
  readonly questions: Recorder<Question>;
  /** What it answers from now on: a status and a body. */
  answer(how: (question: Question) => Promise<{ status: number; body: string }>): void;
  close(): Promise<void>;
}

/** Somebody's program on the loopback; it answers `echo: <text>` until it is told otherwise. */
export async function startBotEndpoint(): Promise<BotEndpoint> {
  const questions = createRecorder<Question>();
  let answer: (question: Question) => Promise<{ status: number; body: string }> = async ({ text }) => ({
    status: 200,
    body: JSON.stringify({ reply: `echo: ${text}` }),
  });
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const header = (name: string) => String(request.headers[name] ?? '');
    const headers: WebhookHeaders = {
      'webhook-id': header('webhook-id'),
      'webhook-timestamp': header('webhook-timestamp'),
      'webhook-signature': header('webhook-signature'),
    };
    const { deviceId, data } = JSON.parse(body);
    const question: Question = {
      id: headers['webhook-id'],
      text: data.message.text,
      deviceId,
      body,
      headers,
      isSignedWith: (secret) => isSignedWith(secret, headers, body),
    };
    questions.add(question);
    const said = await answer(question);
    response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`,
    questions,
    answer(how) {
      answer = how;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
