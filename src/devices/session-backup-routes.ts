import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import * as schemas from './device-schemas.ts';
import type { DeviceService } from './device-service.ts';
import { BackupFile, ExportHeaders, ImportBody, ImportHeaders } from './session-backup-schemas.ts';
import type { SessionBackupService } from './session-backup-service.ts';

interface SessionBackupRoutesOptions {
  readonly deviceService: DeviceService;
  readonly sessionBackups: SessionBackupService;
}

/** A session of some hundred chats packs into one or two megabytes. */
const LARGEST_FILE_BYTES = 32 * 1024 * 1024;
const FILE_TYPES = ['application/octet-stream', 'application/zip', 'application/x-zip-compressed'];

/** Sessions out of a device and into one, as files. */
export const sessionBackupRoutes: RoutePlugin<SessionBackupRoutesOptions> = async (app, services) => {
  const { deviceService, sessionBackups } = services;
  app.addContentTypeParser(FILE_TYPES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.get('/devices/:deviceId/session/export', exportSession, async (request, reply) => {
    const { deviceId } = request.params;
    const { 'x-backup-passphrase': passphrase } = request.headers;
    const file = await sessionBackups.export(deviceId, passphrase, request.access);
    reply.header('content-disposition', `attachment; filename="session-${deviceId}.wafleet"`);
    reply.header('cache-control', 'no-store').header('content-type', 'application/octet-stream');
    return reply.send(file);
  });

  app.post('/devices/:deviceId/session/import', importSession, async (request) => {
    const { deviceId } = request.params;
    const { 'x-backup-passphrase': passphrase = null } = request.headers;
    await sessionBackups.import(deviceId, { file: request.body, passphrase }, request.access);
    return ok(request, await deviceService.view(deviceId), 'Session imported');
  });
};

const tags = ['Devices'];

const exportSession = {
  config: { scope: 'device:manage', audited: true },
  schema: {
    operationId: 'exportSession',
    tags,
    params: DeviceParams,
    headers: ExportHeaders,
    response: { 200: { content: { 'application/octet-stream': { schema: BackupFile } } } },
  },
} as const;

const importSession = {
  config: { scope: 'device:manage' },
  bodyLimit: LARGEST_FILE_BYTES,
  schema: {
    operationId: 'importSession',
    tags,
    consumes: FILE_TYPES,
    params: DeviceParams,
    headers: ImportHeaders,
    body: ImportBody,
    response: { 200: envelope(schemas.DeviceSchema) },
  },
} as const;
