import { PhoneError } from '../phone/phone-error.ts';
import type { ControlPlugin } from './control-plugin.ts';
import * as schemas from './control-schemas.ts';
import { phoneView } from './phone-view.ts';

/** Phones: make them, link companions, write, read. */
export const phoneRoutes: ControlPlugin = async (app, { core, phones, endConnection }) => {
  const view = (phoneNumber: string) => phoneView(core, phones.get(phoneNumber));

  app.post('/phones', { schema: { body: schemas.CreatePhoneBody } }, async (request, reply) => {
    const phone = phones.create(request.body);
    return reply.code(201).send(phoneView(core, phone));
  });
  app.get('/phones', async () => ({ phones: phones.list().map((phone) => phoneView(core, phone)) }));

  app.get('/phones/:phone', { schema: { params: schemas.PhoneParams } }, async ({ params }) =>
    view(params.phone),
  );
  app.post(
    '/phones/:phone/scan',
    { schema: { params: schemas.PhoneParams, body: schemas.ScanBody } },
    async ({ params, body }) => ({ device: await phones.get(params.phone).scanQr(body.qr) }),
  );
  app.post(
    '/phones/:phone/pairing-code',
    { schema: { params: schemas.PhoneParams, body: schemas.PairingCodeBody } },
    async ({ params, body }) => ({ device: await phones.get(params.phone).enterPairingCode(body.code) }),
  );
  app.delete(
    '/phones/:phone/devices/:device',
    { schema: { params: schemas.DeviceParams } },
    async ({ params }) => {
      await phones.get(params.phone).removeDevice(params.device);
      return view(params.phone);
    },
  );
  app.post(
    '/devices/:phone/:device/end',
    { schema: { params: schemas.DeviceParams, body: schemas.EndBody } },
    async ({ params, body }) => {
      if (!endConnection(params.phone, params.device, body)) {
        throw new PhoneError('DEVICE_NOT_CONNECTED', 'This device is not connected now');
      }
      return { ended: body.how };
    },
  );
};
