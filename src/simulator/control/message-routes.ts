import type { ControlPlugin } from './control-plugin.ts';
import * as schemas from './control-schemas.ts';

/** What the owner of a phone does with messages. */
export const messageRoutes: ControlPlugin = async (app, target) => {
  const { phones } = target;
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
    async ({ params: { phone }, query: { direction, peer, chat, before, limit } }) => {
      const messages = phones
        .get(phone)
        .messages()
        .filter((message) => !direction || message.direction === direction)
        .filter((message) => !peer || message.peer === peer)
        .filter((message) => !chat || message.chat === chat);
      const end = before === undefined ? messages.length : messages.findIndex(({ id }) => id === before);
      return { messages: messages.slice(0, Math.max(end, 0)).slice(-limit), total: messages.length };
    },
  );
  app.post(
    '/phones/:phone/messages/:messageId/reply',
    { schema: { params: schemas.ReplyParams, body: schemas.ReplyBody } },
    async ({ params: { phone, messageId }, body: { text, quote } }, reply) => {
      const owner = phones.get(phone);
      const answer = quote ? owner.quote(messageId, text) : owner.reply(messageId, text);
      return reply.code(201).send(await answer);
    },
  );
  app.register(changeRoutes, target);
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

/** What the owner does with messages that were sent. */
const changeRoutes: ControlPlugin = async (app, { phones }) => {
  app.post(
    '/phones/:phone/messages/:messageId/send-again',
    { schema: { params: schemas.ReplyParams, body: schemas.SendAgainBody } },
    async ({ params: { phone, messageId }, body: { how } }) => {
      await phones.get(phone).sendAgain(messageId, how);
      return { messageId, how };
    },
  );
  app.post(
    '/phones/:phone/messages/:messageId/edit',
    { schema: { params: schemas.ReplyParams, body: schemas.EditBody } },
    async ({ params: { phone, messageId }, body: { text } }, reply) =>
      reply.code(201).send(await phones.get(phone).edit(messageId, text)),
  );
  app.post(
    '/phones/:phone/messages/:messageId/revoke',
    { schema: { params: schemas.ReplyParams } },
    async ({ params: { phone, messageId } }, reply) =>
      reply.code(201).send(await phones.get(phone).revoke(messageId)),
  );
  app.post(
    '/phones/:phone/messages/:messageId/react',
    { schema: { params: schemas.ReplyParams, body: schemas.ReactBody } },
    async ({ params: { phone, messageId }, body: { emoji } }, reply) =>
      reply.code(201).send(await phones.get(phone).react(messageId, emoji)),
  );
};
