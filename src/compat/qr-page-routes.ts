import type { DeviceService } from '../devices/device-service.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { answerOne } from '../messages/answer-one.ts';
import type { MessageService } from '../messages/message-service.ts';
import type { DeviceId } from '../shared/ids.ts';
import { defaultDevice, ensureDevice, findDevice } from './compat-device.ts';
import * as schemas from './flat-schemas.ts';

interface QrPageOptions {
  readonly deviceService: DeviceService;
  readonly messageService: MessageService;
  readonly idempotency: Idempotency;
  readonly configured: DeviceId | null;
}

/** Callers of a page that shows one QR code; what it hears live comes over the WebSocket of the device. */
export const qrPageRoutes: RoutePlugin<QrPageOptions> = async (app, options) => {
  const { deviceService } = options;

  app.get('/api/status', getStatus, async ({ access, server }) => {
    const device = await findDevice(defaultDevice(access, options), deviceService);
    return {
      authenticated: device?.isConnected ?? false,
      connecting: CONNECTING.has(device?.status ?? ''),
      hasQR: device !== null && device.qrCode !== null,
      connectedClients: server.websocketServer.clients.size,
    };
  });

  app.post('/api/init', init, async ({ access }) => {
    const deviceId = defaultDevice(access, options);
    await ensureDevice(deviceId, deviceService);
    const { device } = await deviceService.connect(deviceId);
    return { success: true as const, message: device.isConnected ? 'Already connected' : 'Connecting' };
  });

  app.post('/api/disconnect', disconnect, async ({ access }) => {
    const deviceId = defaultDevice(access, options);
    if (await findDevice(deviceId, deviceService)) await deviceService.disconnect(deviceId, 'keep');
    return { success: true as const, message: 'Disconnected' };
  });

  app.post('/api/send', send, async (request, reply) => {
    const deviceId = defaultDevice(request.access, options);
    const { phone: to, message: text } = request.body;
    const order = { deviceId, to, content: { kind: 'text', text }, whileOffline: 'refuse' } as const;
    const { data, message } = await answerOne({ request, reply, ...options }, order);
    reply.code(200);
    return { success: true as const, message, messageId: data.messageId, status: data.status };
  });

  app.post('/api/admin/whatsapp/reset-session', reset, async ({ access }) => {
    const deviceId = defaultDevice(access, options);
    if (await findDevice(deviceId, deviceService)) await deviceService.wipe(deviceId);
    return { success: true as const, message: 'Session reset' };
  });
};

const CONNECTING: ReadonlySet<string> = new Set(['connecting', 'pairing', 'reconnecting']);

const tags = ['For QR page callers'];
const failureShape = schemas.flatFailure;
const { FLAT_FAILURES } = schemas;
const done = { 200: schemas.DoneSchema, ...FLAT_FAILURES } as const;

const getStatus = {
  config: { scope: 'device:read', failureShape },
  schema: {
    operationId: 'getPageStatus',
    tags,
    response: { 200: schemas.PageStatusSchema, ...FLAT_FAILURES },
  },
} as const;

const init = {
  config: { scope: 'device:link', failureShape },
  schema: { operationId: 'initPage', tags, response: done },
} as const;

const disconnect = {
  config: { scope: 'device:link', failureShape },
  schema: { operationId: 'disconnectPage', tags, response: done },
} as const;

const reset = {
  config: { scope: 'device:link', failureShape },
  schema: { operationId: 'resetPageSession', tags, response: done },
} as const;

const send = {
  config: { scope: 'message:send', failureShape },
  schema: {
    operationId: 'sendFromPage',
    tags,
    headers: SendingHeaders,
    body: schemas.PageSendBody,
    response: { 200: schemas.PageSentSchema, ...FLAT_FAILURES },
  },
} as const;
