import type { FastifyRequest } from 'fastify';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { type DeviceRoutesOptions, visible } from './device-routes.ts';
import * as schemas from './device-schemas.ts';

/** Lists of devices: all of them with counts, the connected ones short and long. */
export const deviceListRoutes: RoutePlugin<DeviceRoutesOptions> = async (app, { deviceService }) => {
  app.get('/devices', listDevices, async (request) => {
    const { page, pageSize, ...filter } = request.query;
    const { items, counts } = await deviceService.list({ ...filter, mayUse: request.access.mayUse });
    const shown = items.slice((page - 1) * pageSize, page * pageSize).map((item) => visible(request, item));
    return ok(request, { items: shown, counts, total: items.length, page, pageSize, nextCursor: null });
  });

  app.get('/devices/connected', listConnected, async (request) => {
    const items = await connected(request);
    return ok(request, { items, total: items.length });
  });

  app.get('/devices/connected/detail', listConnectedInDetail, async (request) => {
    const items = (await connected(request)).map((item) => visible(request, item));
    return ok(request, { items, total: items.length });
  });

  async function connected(request: FastifyRequest) {
    const { items } = await deviceService.list({ status: 'connected', mayUse: request.access.mayUse });
    return items;
  }
};

const tags = ['Devices'];

const listDevices = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'listDevices',
    tags,
    querystring: schemas.ListDevicesQuery,
    response: { 200: envelope(schemas.DeviceListSchema) },
  },
} as const;

const listConnected = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'listConnectedDevices',
    tags,
    response: { 200: envelope(schemas.ConnectedListSchema) },
  },
} as const;

const listConnectedInDetail = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'listConnectedDevicesInDetail',
    tags,
    response: { 200: envelope(schemas.ConnectedDetailSchema) },
  },
} as const;
