import type { WebSocket } from '@fastify/websocket';
import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceView } from '../devices/device-view.ts';
import { qrPng } from '../devices/qr-image.ts';
import type { Access } from '../http/access.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { EventFeed } from './event-feed.ts';
import { maySee } from './event-routes.ts';
import { ClientFrame } from './event-schemas.ts';
import type { LiveEvent } from './live-event.ts';

interface DeviceSocketOptions {
  deviceService: DeviceService;
  feed: EventFeed;
  log: Logger;
}

/** `GET /devices/:deviceId/ws`: one device live, for pairing pages: QR, code, state, messages; and a few commands. */
export const deviceSocketRoutes: RoutePlugin<DeviceSocketOptions> = async (app, options) => {
  app.route({
    method: 'GET',
    url: '/devices/:deviceId/ws',
    config: { scope: 'device:read' },
    schema: { operationId: 'watchDevice', tags: ['Events'], params: DeviceParams },
    preHandler: async (request) => {
      await options.deviceService.view(request.params.deviceId);
    },
    handler: async () => {
      throw new AppError('UPGRADE_REQUIRED');
    },
    wsHandler: (socket, request) => {
      watchDevice(socket, { ...options, deviceId: request.params.deviceId, access: request.access });
    },
  });
};

interface Watch extends DeviceSocketOptions {
  deviceId: DeviceId;
  access: Access;
}

function watchDevice(socket: WebSocket, { deviceService, feed, log, deviceId, access }: Watch) {
  const send = (frame: object) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  };
  // Frames leave in the order things happened, although drawing a QR takes a moment.
  let last = Promise.resolve();
  const inOrder = (work: () => Promise<void>) => {
    last = last.then(work).catch((error: unknown) => {
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR';
      if (code === 'INTERNAL_ERROR') log.error({ deviceId, err: error }, 'watching a device failed');
      send({ type: 'error', error: code });
    });
  };

  inOrder(async () => sendSnapshot(await deviceService.view(deviceId)));
  const unfollow = feed.follow(null, (event) => {
    if (event.deviceId === deviceId && maySee(access, event)) inOrder(async () => send(await frameOf(event)));
  });
  socket.on('close', unfollow);
  socket.on('error', unfollow);
  socket.on('message', (raw) => {
    const frame = ClientFrame.safeParse(parseJson(String(raw)));
    if (frame.success) inOrder(() => obey(frame.data.type));
    else send({ type: 'error', error: 'VALIDATION_FAILED' });
  });

  /** A page that opens in the middle of a pairing sees the QR that is valid now, not the next one. */
  async function sendSnapshot(view: DeviceView) {
    send(statusFrame(view));
    if (view.qrCode === null || !access.may('device:link')) return;
    const { value, expiresInSeconds } = await deviceService.qr(deviceId);
    send({ type: 'qr', data: await qrPng(value), expiresIn: expiresInSeconds });
  }

  async function obey(command: ClientFrame['type']) {
    if (command === 'ping') return send({ type: 'pong' });
    if (!access.may('device:link')) throw new AppError('FORBIDDEN');
    if (command === 'init') await deviceService.connect(deviceId);
    if (command === 'disconnect') await deviceService.disconnect(deviceId, 'keep');
    if (command === 'reset') await deviceService.wipe(deviceId);
    send(statusFrame(await deviceService.view(deviceId)));
  }
}

/** The fields of a status frame, minus the codes: those have frames of their own. */
function statusFrame(view: object): object {
  const { qrCode: _qr, pairingCode: _code, ...fields } = view as DeviceView;
  const { status } = fields;
  return {
    type: 'status',
    authenticated: status === 'connected',
    connecting: status === 'connecting' || status === 'pairing' || status === 'reconnecting',
    ...fields,
  };
}

async function frameOf(event: LiveEvent): Promise<object> {
  const { id, type, data } = event;
  if (type === 'status') return { id, ...statusFrame(data) };
  if (type === 'qr') return { id, type, data: await qrPng(String(data.qr)), expiresIn: data.expiresIn };
  if (type === 'authenticated') return { id, type, status: 'connected', ...data };
  return { id, type, ...data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
