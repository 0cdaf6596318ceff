import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceView } from '../devices/device-view.ts';
import { qrPng } from '../devices/qr-image.ts';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import * as schemas from './flat-schemas.ts';

interface InstanceOptions {
  readonly deviceService: DeviceService;
}

/** Callers to whom a device is an instance. */
export const instanceRoutes: RoutePlugin<InstanceOptions> = async (app, { deviceService }) => {
  app.post('/instances', createInstance, async (request, reply) => {
    const { name, id: deviceId = idOf(name) } = request.body;
    if (!request.access.mayUse(deviceId)) throw new AppError('FORBIDDEN', { deviceId });
    const device = await deviceService.create({ deviceId, deviceName: name });
    return reply.code(201).send(ok(request, toInstance(device), 'Instance created'));
  });

  app.post('/instances/:deviceId/connect', connectInstance, async (request) => {
    const { device } = await deviceService.connect(request.params.deviceId);
    return ok(request, toInstance(device), device.isConnected ? 'Connected' : 'Connecting');
  });

  app.get('/instances/:deviceId/qr', getInstanceQr, async (request, reply) => {
    const { deviceId } = request.params;
    const { value, expiresInSeconds } = await deviceService.qr(deviceId);
    reply.header('cache-control', 'no-store');
    const image = await qrPng(value);
    return ok(request, { id: deviceId, qrCode: value, image, expiresIn: expiresInSeconds });
  });
};

/** `My shop` as `My-shop`. Throws VALIDATION_FAILED for a name of which too little is left. */
function idOf(name: string): DeviceId {
  const id = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-zA-Z0-9_-]+/g, '-');
  const trimmed = id.replace(/^-+/, '').slice(0, 50).replace(/-+$/, '');
  if (trimmed.length < 3 || trimmed === 'connected') throw new AppError('VALIDATION_FAILED', { field: 'id' });
  return trimmed as DeviceId;
}

function toInstance({ deviceId: id, deviceName, status, isConnected, phoneNumber }: DeviceView) {
  return { id, name: deviceName ?? id, status, isConnected, phoneNumber };
}

const tags = ['For instance callers'];

const createInstance = {
  config: { scope: 'device:manage' },
  schema: {
    operationId: 'createInstance',
    tags,
    body: schemas.InstanceBody,
    response: { 201: envelope(schemas.InstanceSchema) },
  },
} as const;

const connectInstance = {
  config: { scope: 'device:link' },
  schema: {
    operationId: 'connectInstance',
    tags,
    params: DeviceParams,
    response: { 200: envelope(schemas.InstanceSchema) },
  },
} as const;

const getInstanceQr = {
  config: { scope: 'device:link' },
  schema: {
    operationId: 'getInstanceQr',
    tags,
    params: DeviceParams,
    response: { 200: envelope(schemas.InstanceQrSchema) },
  },
} as const;
