import { mimetypeOf } from '../phone/media-message.ts';
import type { ControlPlugin } from './control-plugin.ts';
import * as schemas from './media-schemas.ts';

/** A file comes as base64 in the body. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

/** Files: sent from phones, read on phones, forgotten by the media host. */
export const mediaRoutes: ControlPlugin = async (app, { phones, media }) => {
  app.post(
    '/phones/:phone/send-media',
    { bodyLimit: BODY_LIMIT_BYTES, schema: { params: schemas.PhoneParams, body: schemas.SendMediaBody } },
    async ({ params: { phone }, body: { to, data, mimetype, ...details } }, reply) => {
      const file = Buffer.from(data, 'base64');
      const type = mimetype ?? mimetypeOf(details.kind);
      const message = await phones.get(phone).sendMedia(to, { ...details, mimetype: type, file });
      return reply.code(201).send(message);
    },
  );
  app.get(
    '/phones/:phone/messages/:messageId/media',
    { schema: { params: schemas.MessageParams } },
    async ({ params: { phone, messageId } }, reply) => {
      const file = await phones.get(phone).openMedia(messageId);
      return reply.type('application/octet-stream').send(Buffer.from(file));
    },
  );
  app.post('/media/expire', { schema: { body: schemas.ExpireBody } }, async ({ body: { hash } }) => ({
    expired: hash === undefined ? await media.expireAll() : Number(await media.expire(hash)),
  }));
};
