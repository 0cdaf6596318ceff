import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceView } from '../devices/device-view.ts';
import { qrPng } from '../devices/qr-image.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { boundDevice } from './compat-device.ts';
import * as schemas from './wuzapi-schemas.ts';

interface WuzapiSessionOptions {
  readonly deviceService: DeviceService;
}

/** The sessions of wuzapi: a key that is bound to one device is a session. */
export const wuzapiSessionRoutes: RoutePlugin<WuzapiSessionOptions> = async (app, { deviceService }) => {
  app.get('/session/status', getStatus, async ({ access }) => {
    const device = await deviceService.view(boundDevice(access));
    const { connected, loggedIn } = stateOf(device);
    return done({
      id: device.deviceId,
      name: device.deviceName ?? device.deviceId,
      connected,
      loggedIn,
      Connected: connected,
      LoggedIn: loggedIn,
      jid: device.jid ?? '',
      status: device.status,
    });
  });

  app.post('/session/connect', connect, async ({ access, body }) => {
    const { device } = await deviceService.connect(boundDevice(access));
    const { loggedIn } = stateOf(device);
    const events = (body?.Subscribe ?? []).join(',');
    return done({
      details: loggedIn ? 'Connected' : 'Connecting',
      events,
      jid: device.jid ?? '',
      webhook: '',
    });
  });

  app.post('/session/disconnect', disconnect, async ({ access }) => {
    await deviceService.disconnect(boundDevice(access), 'keep');
    return done({ Details: 'Disconnected' });
  });

  app.post('/session/logout', logout, async ({ access }) => {
    await deviceService.disconnect(boundDevice(access), 'unlink');
    return done({ Details: 'Logged out' });
  });

  app.get('/session/qr', getQr, async ({ access }, reply) => {
    const { value } = await deviceService.qr(boundDevice(access));
    reply.header('cache-control', 'no-store');
    return done({ QRCode: await qrPng(value) });
  });

  app.post('/session/pairphone', pairPhone, async ({ access, body }) => {
    const { value } = await deviceService.pairingCode(boundDevice(access), body.Phone);
    return done({ LinkingCode: value });
  });
};

/** Both answers come from the one status, so that they cannot contradict each other. */
function stateOf({ status, isConnected }: DeviceView) {
  return { connected: isConnected || status === 'connecting' || status === 'pairing', loggedIn: isConnected };
}

function done<Data>(data: Data) {
  return { code: 200 as const, data, success: true as const };
}

const tags = ['For wuzapi callers'];
const face = { keyHeader: 'token', failureShape: schemas.wuzapiFailure };
const reading = { ...face, scope: 'device:read' } as const;
const linking = { ...face, scope: 'device:link' } as const;
const { wuzapiAnswer, WUZAPI_FAILURES } = schemas;

const getStatus = {
  config: reading,
  schema: {
    operationId: 'wuzapiStatus',
    tags,
    response: { 200: wuzapiAnswer(schemas.StatusData), ...WUZAPI_FAILURES },
  },
} as const;

const connect = {
  config: linking,
  schema: {
    operationId: 'wuzapiConnect',
    tags,
    body: schemas.ConnectBody,
    response: { 200: wuzapiAnswer(schemas.ConnectData), ...WUZAPI_FAILURES },
  },
} as const;

const told = { 200: wuzapiAnswer(schemas.DetailsData), ...WUZAPI_FAILURES } as const;
const disconnect = {
  config: linking,
  schema: { operationId: 'wuzapiDisconnect', tags, response: told },
} as const;
const logout = { config: linking, schema: { operationId: 'wuzapiLogout', tags, response: told } } as const;

const getQr = {
  config: linking,
  schema: {
    operationId: 'wuzapiQr',
    tags,
    response: { 200: wuzapiAnswer(schemas.QrData), ...WUZAPI_FAILURES },
  },
} as const;

const pairPhone = {
  config: linking,
  schema: {
    operationId: 'wuzapiPairPhone',
    tags,
    body: schemas.PairPhoneBody,
    response: { 200: wuzapiAnswer(schemas.PairPhoneData), ...WUZAPI_FAILURES },
  },
} as const;
