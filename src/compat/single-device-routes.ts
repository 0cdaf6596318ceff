import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceView } from '../devices/device-view.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import { defaultDevice, ensureDevice, findDevice } from './compat-device.ts';
import * as schemas from './flat-schemas.ts';

interface SingleDeviceOptions {
  readonly deviceService: DeviceService;
  /** The device these callers mean; null when the server names none. */
  readonly configured: DeviceId | null;
  countRecipients(): Promise<number>;
}

/** Callers who know of one device only. */
export const singleDeviceRoutes: RoutePlugin<SingleDeviceOptions> = async (app, options) => {
  const { deviceService } = options;

  app.post('/start', start, async ({ access, body }) => {
    const deviceId = defaultDevice(access, options);
    const { isConnected, hasSession } = await ensureDevice(deviceId, deviceService);
    const { method } = body;
    if (isConnected)
      return started(await deviceService.view(deviceId), { method, message: 'Already connected' });
    if (hasSession || method === 'qr') {
      const { device } = await deviceService.connect(deviceId);
      const message = hasSession ? 'Connecting with the stored session' : 'Connecting; a QR code will come';
      return started(device, { method, message });
    }
    const { phoneNumber } = body;
    if (phoneNumber === undefined) throw new AppError('VALIDATION_FAILED', { field: 'phoneNumber' });
    const code = await deviceService.pairingCode(deviceId, phoneNumber);
    const device = await deviceService.view(deviceId);
    return { ...started(device, { method, message: 'Type the code into the phone' }), ...shown(code) };
  });

  app.post('/stop', stop, async ({ access, query }) => {
    const deviceId = defaultDevice(access, options);
    const isThere = await findDevice(deviceId, deviceService);
    if (isThere) await deviceService.disconnect(deviceId, query.logout ? 'unlink' : 'keep');
    return { success: true as const, message: 'Disconnected' };
  });

  app.post('/delete-session', deleteSession, async ({ access }) => {
    const deviceId = defaultDevice(access, options);
    if (await findDevice(deviceId, deviceService)) await deviceService.wipe(deviceId);
    const recipientsPreserved = await options.countRecipients();
    return { success: true as const, message: 'Session deleted successfully', recipientsPreserved };
  });

  app.get('/status', getStatus, async ({ access }) => {
    const deviceId = defaultDevice(access, options);
    const device = await findDevice(deviceId, deviceService);
    const mayLink = access.may('device:link');
    return {
      deviceId,
      status: device?.status ?? 'created',
      phone: device?.phoneNumber ?? null,
      syncProgress: device?.syncProgress ?? 0,
      lastActivity: device?.lastActivity ? Date.parse(device.lastActivity) : null,
      authMethod: device?.authMethod === 'pairing_code' ? 'pairing' : (device?.authMethod ?? null),
      pairingCode: mayLink ? (device?.pairingCode ?? null) : null,
      qrCode: mayLink ? (device?.qrCode ?? null) : null,
      hasSession: device?.hasSession ?? false,
      connected: device?.isConnected ?? false,
      recipientCount: await options.countRecipients(),
    };
  });
};

function started({ status }: DeviceView, { method, message }: { method: string; message: string }) {
  return { success: true as const, message, status, method, pairingCode: null, expiresIn: null };
}

function shown({ value, expiresInSeconds }: { value: string; expiresInSeconds: number }) {
  return { pairingCode: value, expiresIn: expiresInSeconds };
}

const tags = ['For single-device callers'];
const linking = { scope: 'device:link', failureShape: schemas.flatFailure } as const;
const { FLAT_FAILURES } = schemas;

const start = {
  config: linking,
  schema: {
    operationId: 'startDefaultDevice',
    tags,
    body: schemas.StartBody,
    response: { 200: schemas.StartedSchema, ...FLAT_FAILURES },
  },
} as const;

const stop = {
  config: linking,
  schema: {
    operationId: 'stopDefaultDevice',
    tags,
    querystring: schemas.StopQuery,
    response: { 200: schemas.DoneSchema, ...FLAT_FAILURES },
  },
} as const;

const deleteSession = {
  config: linking,
  schema: {
    operationId: 'deleteDefaultSession',
    tags,
    response: { 200: schemas.SessionDeletedSchema, ...FLAT_FAILURES },
  },
} as const;

const getStatus = {
  config: { scope: 'device:read', failureShape: schemas.flatFailure },
  schema: {
    operationId: 'getDefaultStatus',
    tags,
    response: { 200: schemas.SingleStatusSchema, ...FLAT_FAILURES },
  },
} as const;
