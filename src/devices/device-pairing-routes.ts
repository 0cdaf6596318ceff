import type { FastifyReply, FastifyRequest } from 'fastify';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { DeviceRoutesOptions } from './device-routes.ts';
import * as schemas from './device-schemas.ts';
import { qrPng, qrSvg } from './qr-image.ts';

/** What links a phone: the QR as text and picture, and the pairing code. */
export const devicePairingRoutes: RoutePlugin<DeviceRoutesOptions> = async (app, { deviceService }) => {
  app.get('/devices/:deviceId/qr', getQr, async (request) => {
    const { value, expiresInSeconds } = await deviceService.qr(request.params.deviceId);
    return ok(request, { qrCode: value, expiresIn: expiresInSeconds });
  });

  app.get('/devices/:deviceId/qr-image', qrImage('getQrImage'), (request, reply) =>
    sendImage(request, reply, { deviceId: request.params.deviceId, format: request.query.format }),
  );
  app.get('/devices/:deviceId/qr-base64', qrImage('getQrBase64'), (request, reply) =>
    sendImage(request, reply, { deviceId: request.params.deviceId, format: request.query.format }),
  );

  app.post('/devices/:deviceId/pairing-code', createPairingCode, async (request) => {
    const { deviceId } = request.params;
    const { value, expiresInSeconds } = await deviceService.pairingCode(deviceId, request.body.phone);
    return ok(request, { pairingCode: value, expiresIn: expiresInSeconds }, 'Type the code into the phone');
  });

  async function sendImage(
    request: FastifyRequest,
    reply: FastifyReply,
    { deviceId, format }: { deviceId: DeviceId; format: 'png' | 'svg' },
  ) {
    const { value, expiresInSeconds } = await deviceService.qr(deviceId);
    reply.header('cache-control', 'no-store');
    if (format === 'svg') return reply.type('image/svg+xml').send(await qrSvg(value));
    return reply.send(ok(request, { image: await qrPng(value), expiresIn: expiresInSeconds }));
  }
};

const tags = ['Pairing'];

const getQr = {
  config: { scope: 'device:link' },
  schema: {
    operationId: 'getQr',
    tags,
    params: DeviceParams,
    response: { 200: envelope(schemas.QrSchema) },
  },
} as const;

function qrImage<const Id extends string>(operationId: Id) {
  return {
    config: { scope: 'device:link' },
    schema: {
      operationId,
      tags,
      params: DeviceParams,
      querystring: schemas.QrImageQuery,
      response: {
        200: {
          description: 'PNG in a data URL, or the SVG itself',
          content: {
            'application/json': { schema: envelope(schemas.QrImageSchema) },
            'image/svg+xml': { schema: schemas.SvgSchema },
          },
        },
      },
    },
  } as const;
}

const createPairingCode = {
  config: { scope: 'device:link' },
  schema: {
    operationId: 'createPairingCode',
    tags,
    params: DeviceParams,
    body: schemas.PairingCodeBody,
    response: { 200: envelope(schemas.PairingCodeSchema) },
  },
} as const;
