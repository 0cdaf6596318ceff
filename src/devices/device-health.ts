import type { ConnectionHealth, HealthSource } from '../http/health-routes.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { DeviceService } from './device-service.ts';

interface DeviceHealthDeps {
  deviceService: Pick<DeviceService, 'list'>;
  defaultDevice: DeviceId | null;
  /** How many recipients are stored. */
  recipients(): Promise<number>;
}

/** What `/health` tells of devices; monitors of a single device ask about the default one, or about the only one. */
export function deviceHealth({ deviceService, defaultDevice, recipients }: DeviceHealthDeps): HealthSource {
  const all = () => deviceService.list({ mayUse: () => true });
  return {
    async connection(): Promise<ConnectionHealth | null> {
      const { items } = await all();
      const only = items.length === 1 ? items[0] : undefined;
      const device = items.find(({ deviceId }) => deviceId === defaultDevice) ?? only;
      if (!device) return null;
      const { deviceId, status, hasSession, isConnected: connected, phoneNumber: phone } = device;
      return { deviceId, status, hasSession, connected, phone };
    },
    devicesByStatus: async () => (await all()).counts,
    recipients,
  };
}
