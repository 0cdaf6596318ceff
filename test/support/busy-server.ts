import { startTestServer } from './http.ts';

/** A process of its own: the HTTP server, with a route that keeps the processor busy; `GATE=off` exempts it from load shedding. */
const BUSY_MS = 25;

const server = await startTestServer({
  routes: (api) => {
    const config = { scope: 'public', essential: process.env.GATE === 'off' } as const;
    api.post('/busy', { config }, async () => {
      const until = performance.now() + BUSY_MS;
      while (performance.now() < until);
      return 'done';
    });
  },
});
process.stdout.write(`${JSON.stringify({ msg: 'ready', url: await server.listen() })}\n`);
