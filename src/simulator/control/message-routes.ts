import type { ControlPlugin } from './control-plugin.ts';
import * as schemas from './control-schemas.ts';

/** What the owner of a phone does with messages. */
export const messageRoutes: ControlPlugin = async (app, { phones }) => {
  const params = schemas.PhoneParams;

  app.post(
    '/phones/:phone/send',
    { schema: { params, body: schemas.SendBody } },
    async ({ params: { phone }, body: { to, text, id, addressing } }, reply) => {
      const message = await phones.get(phone).sendText(to, text, { id, addressing });
      return reply.code(201).send(message);
    },
  );
  app.get(
    '/phones/:phone/messages',
    { schema: { params, querystring: schemas.MessagesQuery } },
    async ({ params: { phone }, query: { direction, peer, limit } }) => {
      const messages = phones
        .get(phone)
        .messages()
        .filter((message) => !direction || message.direction === direction)
        .filter((message) => !peer || message.peer === peer);
      return { messages: messages.slice(-limit), total: messages.length };
    },
  );
  app.post(
    '/phones/:phone/messages/:messageId/reply',
    { schema: { params: schemas.ReplyParams, body: schemas.ReplyBody } },
    async ({ params: { phone, messageId }, body: { text } }, reply) =>
      reply.code(201).send(await phones.get(phone).reply(messageId, text)),
  );
  app.post(
    '/phones/:phone/read',
    { schema: { params, body: schemas.ReadBody } },
    async ({ params: { phone }, body }) => {
      if ('from' in body) return { read: await phones.get(phone).markReadFrom(body.from) };
      await phones.get(phone).markRead(body.ids);
      return { read: body.ids.length };
    },
  );
  app.put(
    '/phones/:phone/auto-reply',
    { schema: { params, body: schemas.AutoReplyBody } },
    async ({ params: { phone }, body }) => {
      phones.get(phone).setAutoReply(body);
      return { autoReply: body };
    },
  );
  app.delete('/phones/:phone/auto-reply', { schema: { params } }, async ({ params: { phone } }) => {
    phones.get(phone).setAutoReply(null);
    return { autoReply: null };
  });
  app.put(
    '/phones/:phone/behaviour',
    { schema: { params, body: schemas.BehaviourBody } },
    async ({ params: { phone }, body }) => {
      phones.get(phone).setDeliveryReceipts(body.deliveryReceipts);
      return body;
    },
  );
};
