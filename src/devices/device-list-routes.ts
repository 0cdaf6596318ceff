import type { FastifyRequest } from 'fastify';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { pageOfDevices } from './device-page.ts';
import { type DeviceRoutesOptions, visible } from './device-routes.ts';
import * as schemas from './device-schemas.ts';

/** Lists of devices: all of them with counts, the connected ones short and long. */
export const deviceListRoutes: RoutePlugin<DeviceRoutesOptions> = async (app, { deviceService }) => {
  app.get('/devices', listDevices, async (request) => {
    const { status, tag, text, search = text, ...paging } = request.query;
    const { mayUse } = request.access;
    const found = await deviceService.list({ status, tag, search, mayUse });
    const page = pageOfDevices(found.items, paging);
    const items = page.items.map((item) => visible(request, item));
    return ok(request, { ...page, items, counts: found.counts });
  });

  app.get('/devices/connected', listConnected, async (request) => {
    return ok(request, whole(await connected(request)));
  });

  app.get('/devices/connected/detail', listConnectedInDetail, async (request) => {
    return ok(request, whole((await connected(request)).map((item) => visible(request, item))));
  });

  async function connected(request: FastifyRequest) {
    const { items } = await deviceService.list({ status: 'connected', mayUse: request.access.mayUse });
    return items;
  }
};

/** All of a list as its only page: whoever asks what is connected wants to miss nothing. */
function whole<Item>(items: Item[]) {
  return { items, total: items.length, page: 1, pageSize: items.length, nextCursor: null };
}

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
