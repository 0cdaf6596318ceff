import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { StoreSnapshot } from './chat-store.ts';

/** Where stores outlive the process: `baileys_store_{deviceId}.json`, mode 0600. */
export interface ChatStoreFiles {
  /** Null where there is none, or none that can be read: a store is a convenience, and begins anew. */
  read(deviceId: DeviceId): Promise<StoreSnapshot | null>;
  /** Afterwards the file holds the old snapshot or all of the new one, whatever happens to the process. Throws what the disk throws. */
  write(deviceId: DeviceId, snapshot: StoreSnapshot): Promise<void>;
  /** Harmless where there is none. */
  erase(deviceId: DeviceId): Promise<void>;
}

export function createChatStoreFiles({ folder, random }: { folder: string; random: Random }): ChatStoreFiles {
  const pathOf = (deviceId: DeviceId) => join(folder, `baileys_store_${deviceId}.json`);
  return {
    async read(deviceId) {
      try {
        return parseSnapshot(JSON.parse(await readFile(pathOf(deviceId), 'utf8')));
      } catch {
        return null;
      }
    },
    async write(deviceId, snapshot) {
      const path = pathOf(deviceId);
      const draft = `${path}.${random.bytes(8).toString('hex')}.draft`;
      await mkdir(folder, { recursive: true });
      try {
        const file = await open(draft, 'wx', 0o600);
        try {
          await file.writeFile(JSON.stringify(snapshot));
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    erase: (deviceId) => rm(pathOf(deviceId), { force: true }),
  };
}

/** What another version wrote is not ours to guess at. */
function parseSnapshot(json: unknown): StoreSnapshot | null {
  const isSnapshot = typeof json === 'object' && json !== null && 'version' in json && json.version === 1;
  return isSnapshot ? (json as StoreSnapshot) : null;
}
