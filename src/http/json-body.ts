import type { FastifyInstance } from 'fastify';
import { AppError } from '../shared/errors.ts';

/**
 * JSON is the only body we take. An empty one counts as none, because many clients send the header on every request;
 * a route that needs a body says so by its schema.
 */
export function installJsonBody(app: FastifyInstance) {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    return parse(request, String(body), (error, value) => {
      if (error) done(new AppError('MALFORMED_JSON', {}, { cause: error }));
      else done(null, value);
    });
  });
}
