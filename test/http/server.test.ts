import { expect, it } from 'vitest';
import { startTestServer } from '../support/http.ts';

it('answers health to anyone, beside the envelope and inside it', async () => {
  await using server = await startTestServer();
  const response = await server.app.inject('/health');
  expect(response.json()).toMatchObject({ success: true, status: 'ok', data: { status: 'ok' } });
});
