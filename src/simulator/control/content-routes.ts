import * as schemas from './content-schemas.ts';
import type { ControlPlugin } from './control-plugin.ts';

/** What the owner of a phone sends that is neither text nor file. */
export const contentRoutes: ControlPlugin = async (app, { phones }) => {
  const params = schemas.PhoneParams;

  app.post(
    '/phones/:phone/send-poll',
    { schema: { params, body: schemas.PollBody } },
    async ({ params: { phone }, body: { to, ...poll } }, reply) =>
      reply.code(201).send(await phones.get(phone).sendPoll(to, poll)),
  );
  app.post(
    '/phones/:phone/messages/:messageId/vote',
    { schema: { params: schemas.ReplyParams, body: schemas.VoteBody } },
    async ({ params: { phone, messageId }, body: { options } }, reply) =>
      reply.code(201).send(await phones.get(phone).vote(messageId, options)),
  );
  app.post(
    '/phones/:phone/send-location',
    { schema: { params, body: schemas.LocationBody } },
    async ({ params: { phone }, body: { to, ...place } }, reply) =>
      reply.code(201).send(await phones.get(phone).sendLocation(to, place)),
  );
  app.post(
    '/phones/:phone/send-contact',
    { schema: { params, body: schemas.ContactBody } },
    async ({ params: { phone }, body: { to, ...contact } }, reply) =>
      reply.code(201).send(await phones.get(phone).sendContact(to, contact)),
  );
};
