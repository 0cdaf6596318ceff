import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/api.ts';
import { HOSTILE_NAMES, hostileUrls } from '../support/hostile-urls.ts';
import { startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await server.createDevice('ana');
});
afterAll(() => server.stop());

// Names of the table that no resolver knows are judged when they are used; test/contract has a resolver for them.
const isNamed = (url: string) => Object.keys(HOSTILE_NAMES).some((name) => url.includes(name));

/** Every door a caller can put an address into. */
const DOORS: Readonly<Record<string, (url: string, index: number) => Promise<Answer<unknown>>>> = {
  'a webhook': (url) => server.api.post('webhooks', { url, events: ['message'] }),
  'a chatbot': (url, index) =>
    server.api.post('/api/whatsapp/chatbots', {
      sender_number: `62813${String(index).padStart(8, '0')}`,
      status: 'aktif',
      session_id: 'ana',
      endpoint_url: url,
    }),
  'a file': (url) =>
    server.api.post('devices/ana/send-media?queue=true', { to: '6281200000002', mediaType: 'image', url }),
};

describe.each(Object.keys(DOORS))('%s', (name) => {
  it('is not made of an address that is not the caller’s to reach, and nobody is asked', async () => {
    const everywhere = await startReceiver((_request, response) => response.end('reached'), { host: '::' });
    const urls = hostileUrls(everywhere.port).flatMap(({ url }) => (isNamed(url) ? [] : [url]));
    expect(urls.length).toBeGreaterThan(60);
    for (const [index, url] of urls.entries()) {
      const answer = await DOORS[name]?.(url, index);
      expect([400, 422], `${url} ${answer?.code}`).toContain(answer?.status);
    }
    expect(everywhere.connections()).toBe(0);
  });
});
