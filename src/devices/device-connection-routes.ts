import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { StartOutcome } from './device-manager.ts';
import { type DeviceRoutesOptions, visible } from './device-routes.ts';
import * as schemas from './device-schemas.ts';

/** A device's connection: start, stop, restart, wipe, restore. All of them may be repeated without harm. */
export const deviceConnectionRoutes: RoutePlugin<DeviceRoutesOptions> = async (app, { deviceService }) => {
  app.get('/devices/:deviceId/status', getStatus, async (request) => {
    return ok(request, visible(request, await deviceService.view(request.params.deviceId)));
  });

  app.post('/devices/:deviceId/connect', onOneDevice('connectDevice'), async (request) => {
    const { outcome, device } = await deviceService.connect(request.params.deviceId);
    return ok(request, visible(request, device), CONNECT_MESSAGES[outcome]);
  });

  app.post('/devices/:deviceId/restart', onOneDevice('restartDevice'), async (request) => {
    const device = await deviceService.restart(request.params.deviceId);
    return ok(request, visible(request, device), 'Device restarting');
  });

  app.delete('/devices/:deviceId/disconnect', disconnectDevice, async (request) => {
    const link = request.query.logout ? 'unlink' : 'keep';
    const device = await deviceService.disconnect(request.params.deviceId, link);
    return ok(request, visible(request, device), 'Device disconnected');
  });

  const wipe = async (deviceId: DeviceId) => deviceService.wipe(deviceId);
  app.post('/devices/:deviceId/cancel-and-wipe', onOneDevice('wipeDevice'), async (request) => {
    return ok(request, await wipe(request.params.deviceId), 'Session wiped');
  });
  app.delete('/devices/:deviceId/session', onOneDevice('deleteSession'), async (request) => {
    return ok(request, await wipe(request.params.deviceId), 'Session wiped');
  });

  app.post('/devices/restore', restoreDevices, async (request) => {
    return ok(request, { results: await deviceService.restoreAll(request.access.mayUse) }, 'Restore started');
  });

  app.post('/devices/:deviceId/restore', restoreDevice, async (request) => {
    const result = await deviceService.restore(request.params.deviceId);
    return ok(request, { results: [result] }, 'Restore started');
  });
};

const CONNECT_MESSAGES: Record<StartOutcome, string> = {
  started: 'Connecting',
  'already-connected': 'The device is connected already',
  'already-connecting': 'The device is connecting already',
};

const tags = ['Devices'];

/** The common shape: acts on the device of the path and answers it. */
function onOneDevice<const Id extends string>(operationId: Id) {
  return {
    config: { scope: 'device:link' },
    schema: {
      operationId,
      tags,
      params: DeviceParams,
      response: { 200: envelope(schemas.DeviceSchema) },
    },
  } as const;
}

const getStatus = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'getDeviceStatus',
    tags,
    params: DeviceParams,
    response: { 200: envelope(schemas.DeviceLiveSchema) },
  },
} as const;

const disconnectDevice = {
  config: { scope: 'device:link' },
  schema: {
    operationId: 'disconnectDevice',
    tags,
    params: DeviceParams,
    querystring: schemas.DisconnectQuery,
    response: { 200: envelope(schemas.DeviceSchema) },
  },
} as const;

const restoreDevices = {
  config: { scope: 'device:link' },
  schema: { operationId: 'restoreDevices', tags, response: { 200: envelope(schemas.RestoreResultSchema) } },
} as const;

const restoreDevice = {
  config: { scope: 'device:link' },
  schema: {
    operationId: 'restoreDevice',
    tags,
    params: DeviceParams,
    response: { 200: envelope(schemas.RestoreResultSchema) },
  },
} as const;
