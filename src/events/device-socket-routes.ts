import type { WebSocket } from '@fastify/websocket';
import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceView } from '../devices/device-view.ts';
import { qrPng } from '../devices/qr-image.ts';
import type { Access } from '../http/access.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { createFrameSocket } from '../http/frame-socket.ts';
import { DeviceParams } from '../http/schemas.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { EventFeed, EventPosition } from './event-feed.ts';
import { maySee, RESYNC } from './event-routes.ts';
import { ClientFrame, ResumeQuery } from './event-schemas.ts';
import { idOf, type LiveEvent } from './live-event.ts';

interface DeviceSocketOptions {
  deviceService: DeviceService;
  feed: EventFeed;
  clock: Clock;
  log: Logger;
}

/** `GET /devices/:deviceId/ws`: one device live, for pairing pages: QR, code, state, messages; and a few commands. */
export const deviceSocketRoutes: RoutePlugin<DeviceSocketOptions> = async (app, options) => {
  // Where it begins is known before the client is let in: what the client does next is behind it.
  const positions = new WeakMap<object, EventPosition>();
  app.route({
    method: 'GET',
    url: '/devices/:deviceId/ws',
    config: { scope: 'device:read' },
    schema: { operationId: 'watchDevice', tags: ['Events'], params: DeviceParams, querystring: ResumeQuery },
    preHandler: async (request) => {
      await options.deviceService.view(request.params.deviceId);
      positions.set(request, await options.feed.locate(request.query.lastEventId ?? null));
    },
    handler: async () => {
      throw new AppError('UPGRADE_REQUIRED');
    },
    wsHandler: (socket, request) => {
      const { params, query, access } = request;
      const position = positions.get(request);
      if (!position) throw new Error('a socket was opened without a position');
      const isResumed = query.lastEventId !== undefined && !position.isResync;
      const audit: Watch['audit'] = (action, status) => app.recordAudit(request, { action, status });
      watchDevice(socket, { ...options, deviceId: params.deviceId, access, position, isResumed, audit });
    },
  });
};

interface Watch extends DeviceSocketOptions {
  deviceId: DeviceId;
  access: Access;
  position: EventPosition;
  /** It knows the state as of its position, and hears what changed since. */
  isResumed: boolean;
  /** Notes who did what to the device, as a request that does the same would. */
  audit(action: string, status: number): void;
}

function watchDevice(socket: WebSocket, watch: Watch) {
  const { deviceService, feed, clock, log, deviceId, access, position, isResumed } = watch;
  const { send, listen } = createFrameSocket(socket, clock);
  // Frames leave in the order things happened, although drawing a QR takes a moment.
  let last = Promise.resolve();
  const inOrder = (work: () => Promise<void>) => {
    last = last.then(work).catch((error: unknown) => {
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR';
      if (code === 'INTERNAL_ERROR') log.error({ deviceId, err: error }, 'watching a device failed');
      return send({ type: 'error', error: code });
    });
    return last;
  };

  if (position.isResync) inOrder(() => send(RESYNC));
  inOrder(async () => sendSnapshot(await deviceService.view(deviceId)));
  const unfollow = feed.follow(position, async (events) => {
    for (const event of events) {
      if (event.deviceId === deviceId && maySee(access, event))
        await inOrder(async () => send(await frameOf(event)));
    }
  });
  socket.on('close', unfollow);
  socket.on('error', unfollow);
  listen((text) => {
    const frame = ClientFrame.safeParse(parseJson(text));
    inOrder(() =>
      frame.success ? obey(frame.data.type) : send({ type: 'error', error: 'VALIDATION_FAILED' }),
    );
  });

  /** A page that opens in the middle of a pairing sees the QR that is valid now, not the next one. */
  async function sendSnapshot(view: DeviceView) {
    if (!isResumed) await send(statusFrame(view));
    if (view.qrCode === null || !access.may('device:link')) return;
    const { value, expiresInSeconds } = await deviceService.qr(deviceId);
    await send({ type: 'qr', data: await qrPng(value), expiresIn: expiresInSeconds });
  }

  async function obey(command: ClientFrame['type']) {
    if (command === 'ping') return send({ type: 'pong' });
    const action = `watchDevice ${command}`;
    try {
      await carryOut(command);
      watch.audit(action, 200);
    } catch (error) {
      watch.audit(action, error instanceof AppError ? error.status : 500);
      throw error;
    }
    await send(statusFrame(await deviceService.view(deviceId)));
  }

  async function carryOut(command: Exclude<ClientFrame['type'], 'ping'>) {
    if (!access.may('device:link')) throw new AppError('FORBIDDEN');
    if (command === 'init') await deviceService.connect(deviceId);
    if (command === 'disconnect') await deviceService.disconnect(deviceId, 'keep');
    if (command === 'reset') await deviceService.wipe(deviceId);
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
  const { type, data } = event;
  const kept = idOf(event);
  const id = kept === null ? {} : { id: kept };
  if (type === 'status') return { ...id, ...statusFrame(data) };
  if (type === 'qr') return { type, data: await qrPng(String(data.qr)), expiresIn: data.expiresIn };
  if (type === 'authenticated') return { ...id, type, status: 'connected', ...data };
  return { ...id, type, ...data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
