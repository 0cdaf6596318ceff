import type { Database } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { ApiKeyModel } from '../generated/sqlite/models/ApiKey.ts';
import type { ApiKey, ApiKeyChanges, ApiKeyRepository } from './api-key.ts';

/** API keys through Prisma. Methods throw what Database throws. */
export function createApiKeyRepository(database: Database): ApiKeyRepository {
  return {
    async find(id) {
      const { apiKey } = await database.prisma();
      const row = await apiKey.findUnique({ where: { id } });
      return row ? toApiKey(row) : null;
    },
    async list() {
      const { apiKey } = await database.prisma();
      return (await apiKey.findMany({ orderBy: { id: 'asc' } })).map(toApiKey);
    },
    async add({ scopes, deviceIds, ...rest }) {
      const { apiKey } = await database.prisma();
      const devices = deviceIds === null ? {} : { deviceIds: [...deviceIds] };
      try {
        await apiKey.create({ data: { ...rest, ...devices, scopes: [...scopes] } });
        return true;
      } catch (error) {
        if (error instanceof DuplicateKeyError) return false;
        throw error;
      }
    },
    async update(id, changes) {
      const { apiKey } = await database.prisma();
      const { count } = await apiKey.updateMany({ where: { id }, data: await toData(changes) });
      return count > 0;
    },
  };
}

/** Prisma wants arrays it may change, and its own word for SQL NULL in a JSON column. */
async function toData({ scopes, deviceIds, ...rest }: ApiKeyChanges) {
  return {
    ...rest,
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(deviceIds === undefined ? {} : { deviceIds: deviceIds === null ? await sqlNull() : [...deviceIds] }),
  };
}

/** Imported late, because it brings the whole client along. */
async function sqlNull() {
  const { Prisma } = await import('../generated/sqlite/client.ts');
  return Prisma.DbNull;
}

function toApiKey({ scopes, deviceIds, ...row }: ApiKeyModel): ApiKey {
  return {
    ...row,
    scopes: scopes as unknown as ApiKey['scopes'],
    deviceIds: deviceIds as unknown as ApiKey['deviceIds'],
  };
}
