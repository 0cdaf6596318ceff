import type { Basics } from './basics.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import type { DeviceRepository } from './devices/device-repository.ts';
import { createSessionBackupService, type SessionBackupService } from './devices/session-backup-service.ts';
import type { Foundation } from './foundation.ts';
import { createSessionVault } from './whatsapp/session-vault.ts';

interface SessionBackupHostDeps extends Basics {
  readonly foundation: Foundation;
  readonly devices: DeviceRepository;
  readonly manager: DeviceManager;
}

/** Sessions as files. */
export function createSessionBackupHost({
  foundation,
  ...deps
}: SessionBackupHostDeps): SessionBackupService {
  return createSessionBackupService({ ...deps, vault: createSessionVault({ ...deps, ...foundation }) });
}
