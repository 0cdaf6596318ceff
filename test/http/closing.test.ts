import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startTestServer } from '../support/http.ts';

it.each([
  ['never asked for anything', ''],
  ['has sent half a request', 'GET /health HTTP/1.1\r\nHost: '],
])('a connection that %s does not hold up the close', async (_name, sent) => {
  await using server = await startTestServer();
  const url = await server.listen();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  if (sent !== '') await new Promise((resolve) => socket.write(sent, resolve));
  // The server has seen the connection when it has answered one that came after it.
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const ended = once(socket, 'close');
  socket.resume().on('error', () => {});
  await server.close();
  await ended;
});
