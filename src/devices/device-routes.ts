import type { FastifyRequest } from 'fastify';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope, NoData } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import * as schemas from './device-schemas.ts';
import type { DeviceService } from './device-service.ts';
import type { DeviceView } from './device-view.ts';
import type { PacingPatch } from './pacing-settings.ts';

export interface DeviceRoutesOptions {
  deviceService: DeviceService;
}

/** Devices as records: create, read, change, delete. Lists, connecting and pairing have files of their own. */
export const deviceRoutes: RoutePlugin<DeviceRoutesOptions> = async (app, { deviceService }) => {
  app.post('/devices', createDevice, async (request, reply) => {
    const { autoRead, markOnline, settings, proxy, proxyUrl = proxy, ...device } = request.body;
    if (!request.access.mayUse(device.deviceId))
      throw new AppError('FORBIDDEN', { deviceId: device.deviceId });
    const changes = defined({
      ...device,
      proxyUrl,
      settings: mergeSettings({ autoRead, markOnline }, settings),
    });
    const created = await deviceService.create({ ...changes, deviceId: device.deviceId });
    return reply.code(201).send(ok(request, created, 'Device created'));
  });

  app.get('/devices/:deviceId', getDevice, async (request) => {
    return ok(request, visible(request, await deviceService.view(request.params.deviceId)));
  });

  app.patch('/devices/:deviceId', updateDevice, async (request) => {
    const { autoRead, markOnline, settings, proxy, proxyUrl = proxy, ...rest } = request.body;
    const changes = defined({
      ...rest,
      proxyUrl,
      settings: mergeSettings({ autoRead, markOnline }, settings),
    });
    const device = await deviceService.edit(request.params.deviceId, changes);
    return ok(request, visible(request, device), 'Device updated');
  });

  app.delete('/devices/:deviceId', deleteDevice, async (request) => {
    const what = request.query.purge ? 'everything' : 'registration';
    await deviceService.remove(request.params.deviceId, what);
    return ok(request, null, 'Device deleted');
  });
};

/** Whoever sees a QR or pairing code can link a phone, so both are shown to callers with `device:link` only. */
export function visible<View extends DeviceView>(request: FastifyRequest, device: View): View {
  return request.access.may('device:link') ? device : { ...device, qrCode: null, pairingCode: null };
}

const tags = ['Devices'];

const createDevice = {
  config: { scope: 'device:manage' },
  schema: {
    operationId: 'createDevice',
    tags,
    body: schemas.CreateDeviceBody,
    response: { 201: envelope(schemas.DeviceSchema) },
  },
} as const;

const getDevice = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'getDevice',
    tags,
    params: DeviceParams,
    response: { 200: envelope(schemas.DeviceSchema) },
  },
} as const;

const updateDevice = {
  config: { scope: 'device:manage' },
  schema: {
    operationId: 'updateDevice',
    tags,
    params: DeviceParams,
    body: schemas.UpdateDeviceBody,
    response: { 200: envelope(schemas.DeviceSchema) },
  },
} as const;

const deleteDevice = {
  config: { scope: 'device:manage' },
  schema: {
    operationId: 'deleteDevice',
    tags,
    params: DeviceParams,
    querystring: schemas.DeleteDeviceQuery,
    response: { 200: envelope(NoData) },
  },
} as const;

interface SettingsInput {
  autoRead?: boolean | undefined;
  markOnline?: boolean | undefined;
  pacing?: PacingPatch | undefined;
}

/** Settings may stand beside the other fields or in `settings`; the nested ones win. */
function mergeSettings(beside: SettingsInput, nested: SettingsInput = {}) {
  return { ...defined(beside), ...defined(nested) };
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** Without the fields a caller left out: `undefined` would overwrite, absence does not. */
function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;
}
