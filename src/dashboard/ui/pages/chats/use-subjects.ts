import { devicePath } from '../../api/paths.ts';
import { deviceById } from '../../lib/device-store.ts';
import { api, may } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { Subjects } from './names.ts';

interface Groups {
  readonly items: readonly { readonly groupId: string; readonly subject: string }[];
}

const NONE: Subjects = new Map();

/** What the groups of a device are called. WhatsApp alone knows: without a connection nothing is. */
export function useSubjects(deviceId: string): Subjects {
  const isConnected = deviceById(deviceId)?.isConnected ?? false;
  const asks = isConnected && may('device:read');
  const groups = useResource(
    async (signal) => {
      if (!asks) return NONE;
      const { items } = await api.get<Groups>(devicePath(deviceId, '/groups'), { signal });
      return new Map(items.map(({ groupId, subject }) => [groupId, subject]));
    },
    [deviceId, asks],
  );
  return groups.data ?? NONE;
}
