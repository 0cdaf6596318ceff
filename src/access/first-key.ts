import { AppError } from '../shared/errors.ts';
import type { ApiKeyService, KeyOrder } from './api-key-service.ts';

/** What the first start found or did. */
export type FirstKey =
  /** Nothing was configured: main prints `secret` once, to the terminal and not to the log. */
  | { kind: 'generated'; secret: string }
  /** ADMIN_API_KEY became the administrator key. */
  | { kind: 'adopted' }
  /** `adminKeyWorks` is false when ADMIN_API_KEY is set and is no valid key here: worth a warning. */
  | { kind: 'exists'; adminKeyWorks: boolean | null };

const ADMINISTRATOR: KeyOrder = {
  name: 'administrator',
  scopes: ['admin'],
  deviceIds: null,
  expiresAt: null,
};

/** Makes sure that somebody can get in: no default secret exists, so without a key nobody could. */
export async function ensureFirstKey(
  service: Pick<ApiKeyService, 'list' | 'adopt' | 'issue' | 'authenticate'>,
  adminApiKey: string | null,
): Promise<FirstKey> {
  if ((await service.list()).length > 0) {
    return { kind: 'exists', adminKeyWorks: adminApiKey === null ? null : await works(service, adminApiKey) };
  }
  if (adminApiKey === null) {
    const { secret } = await service.issue(ADMINISTRATOR);
    return { kind: 'generated', secret };
  }
  // Another process of the same first start may have been quicker; the key is the same.
  const adopted = await service.adopt(ADMINISTRATOR, adminApiKey);
  return adopted ? { kind: 'adopted' } : { kind: 'exists', adminKeyWorks: true };
}

async function works(service: Pick<ApiKeyService, 'authenticate'>, key: string): Promise<boolean> {
  try {
    const access = await service.authenticate(key, async () => {});
    return access.may('admin');
  } catch (error) {
    if (error instanceof AppError && error.code === 'API_KEY_INVALID') return false;
    throw error;
  }
}
