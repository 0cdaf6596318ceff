import { describe, expect, it } from 'vitest';
import { startApiKeys } from '../support/api-keys.ts';
import { startTestServer, withKey } from '../support/http.ts';

const LOOK_MS = 15_000;
const HOUR_MS = 3_600_000;

/** A stream of a key, on one of two processes that share the keys. */
async function start() {
  const here = startApiKeys();
  const elsewhere = startApiKeys({ memory: here.memory }).service;
  const { service, clock } = here;
  const server = await startTestServer({
    authenticate: service.authenticate,
    onKeyChanged: service.onChanged,
    keysEnded: service.endedOf,
    clock,
    routes(api) {
      api.get('/events', { config: { scope: 'device:read' } }, async (_request, reply) => {
        api.openEventStream(reply).send({ id: '1', event: 'hello', data: {} });
        return reply;
      });
    },
  });
  const url = await server.listen();
  const expiresAt = new Date(clock.now().getTime() + HOUR_MS);
  const order = { name: 'panel', scopes: ['device:read', 'message:read'], deviceIds: null } as const;
  const { key, secret } = await service.issue({ ...order, expiresAt });
  const stream = await fetch(`${url}/events`, { headers: withKey(secret) });
  expect(stream.status).toBe(200);
  return { ...server, elsewhere, clock, key, stream };
}

describe('what a key holds open', () => {
  it('ends within 15 seconds when another process revoked the key', async () => {
    await using stage = await start();
    await stage.elsewhere.revoke(stage.key.id);
    stage.clock.advance(LOOK_MS);
    expect(await stage.stream.text()).toContain('event: hello');
  });

  it.each([
    ['scopes', { scopes: ['device:read'] }],
    ['devices', { deviceIds: ['ana'] }],
  ] as const)('ends within 15 seconds when another process changed its %s', async (_what, change) => {
    await using stage = await start();
    await stage.elsewhere.change(stage.key.id, change);
    stage.clock.advance(LOOK_MS);
    await stage.stream.text();
  });

  it('ends soon after the key expired', async () => {
    await using stage = await start();
    stage.clock.advance(HOUR_MS + LOOK_MS);
    await stage.stream.text();
  });

  it('goes on with another name', async () => {
    await using stage = await start();
    await stage.elsewhere.change(stage.key.id, { name: 'screen' });
    const reader = stage.stream.body?.getReader();
    stage.clock.advance(LOOK_MS);
    stage.clock.advance(LOOK_MS);
    let heard = '';
    while (!heard.includes('still here')) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      expect(done).toBe(false);
      heard += new TextDecoder().decode(value);
    }
    await reader?.cancel();
  });
});
