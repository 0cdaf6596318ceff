import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createTurnstile } from '../shared/turnstile.ts';

/** Beyond it a body counts as large, in bytes. */
const LARGE_BYTES = 1024 * 1024;
/** A file as text is in memory three times while it is parsed. */
const AT_ONCE = 4;

/** Reads few large JSON bodies at a time; the others wait on the wire. Of routes registered after this, in the same scope. */
export function queueLargeBodies(app: FastifyInstance): void {
  const turn = createTurnstile(AT_ONCE);
  const releases = new WeakMap<FastifyRequest, () => void>();
  app.addHook('preParsing', async (request, reply) => {
    if (!isLarge(request)) return;
    const release = await enter(reply);
    releases.set(request, release);
    // Gone while it waited: nobody would tell of the end of its body.
    if (request.raw.destroyed) release();
  });
  const leave = async (request: FastifyRequest) => releases.get(request)?.();
  app.addHook('preHandler', leave);
  app.addHook('onSend', leave);

  async function enter({ raw }: FastifyReply): Promise<() => void> {
    const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    void turn.pass(() => {
      begun.resolve();
      return ended.promise;
    });
    raw.once('close', ended.resolve);
    await begun.promise;
    return ended.resolve;
  }
}

/** Forms are never in memory. */
function isLarge({ headers }: FastifyRequest): boolean {
  if (headers['content-type']?.startsWith('multipart/')) return false;
  return Number(headers['content-length'] ?? LARGE_BYTES + 1) > LARGE_BYTES;
}
