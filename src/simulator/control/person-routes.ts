import type { ControlPlugin } from './control-plugin.ts';
import * as schemas from './person-schemas.ts';

/** What others see of the owner of a phone: presence, typing, picture, and who may add them to groups. */
export const personRoutes: ControlPlugin = async (app, { phones }) => {
  const params = schemas.PhoneParams;

  app.put(
    '/phones/:phone/presence',
    { schema: { params, body: schemas.PresenceBody } },
    async ({ params: { phone }, body }) => {
      await phones.get(phone).setPresence(body.presence);
      return body;
    },
  );
  app.post(
    '/phones/:phone/typing',
    { schema: { params, body: schemas.TypingBody } },
    async ({ params: { phone }, body }) => {
      await phones.get(phone).setTyping(body.to, body.state);
      return body;
    },
  );
  app.put(
    '/phones/:phone/picture',
    { schema: { params, body: schemas.PictureBody } },
    async ({ params: { phone }, body: { data } }) => {
      const image = Buffer.from(data, 'base64');
      await phones.get(phone).setPicture(image);
      return { bytes: image.length };
    },
  );
  app.delete('/phones/:phone/picture', { schema: { params } }, async ({ params: { phone } }) => {
    await phones.get(phone).setPicture(null);
    return { bytes: 0 };
  });
};
