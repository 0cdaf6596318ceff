import { createReadStream } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const FOLDER = new URL('static/', import.meta.resolve('@fastify/swagger-ui/package.json'));

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>wafleet API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** The validator badge would send the document to a public site, so it is off. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
`;

/**
 * `/openapi.json` and the page `/docs` for it. The assets come from the installed swagger-ui package and nothing from
 * elsewhere, so the page works offline. They are read when asked for: a start pays nothing for them.
 */
export async function docsRoutes(app: FastifyInstance) {
  const open = { schema: { hide: true }, config: { scope: 'public' } } as const;
  const html = 'text/html; charset=utf-8';
  const script = 'text/javascript; charset=utf-8';
  app.get('/openapi.json', open, async (_request, reply) => reply.send(app.swagger()));
  app.get('/docs', open, async (_request, reply) => reply.type(html).send(PAGE));
  app.get('/docs/start.js', open, async (_request, reply) => reply.type(script).send(START));
  for (const [name, type] of Object.entries(ASSETS)) {
    const file = new URL(name, FOLDER);
    app.get(`/docs/${name}`, open, async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=3600').type(type);
      return reply.send(createReadStream(file));
    });
  }
}
