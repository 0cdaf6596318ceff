import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { createTurnstile } from '../shared/turnstile.ts';
import type { SessionVault } from '../whatsapp/session-vault.ts';
import { type Device, isLinked } from './device.ts';
import type { DeviceManager } from './device-manager.ts';
import { linkedTo } from './linked-account.ts';

interface BackupDeps {
  readonly manager: Pick<DeviceManager, 'whileStopped'>;
  readonly devices: { list(): Promise<readonly Device[]> };
  readonly vault: SessionVault;
  readonly log: Logger;
}

/** Who asked; for the log. */
export interface Asker {
  readonly keyId: string | null;
}

export type SessionBackupService = ReturnType<typeof createSessionBackupService>;

/**
 * Sessions as files, out of a device and into one. Both only while the device is stopped: a session that goes on is another
 * one with the next message. Every method throws DEVICE_NOT_FOUND, DEVICE_RUNNING, DEVICE_OWNED_ELSEWHERE.
 */
export function createSessionBackupService({ manager, devices, vault, log }: BackupDeps) {
  // Each takes some tens of megabytes; and two imports of one account must see each other.
  const turnstile = createTurnstile(1);

  const refuseSecondOfAccount = async (deviceId: DeviceId, account: ReturnType<typeof linkedTo>) => {
    const others = (await devices.list()).filter((other) => other.deviceId !== deviceId && isLinked(other));
    const isSame = ({ jid, lid }: Device) =>
      (jid !== null && jid === account.jid) || (lid !== null && lid === account.lid);
    if (others.some(isSame)) throw new AppError('ACCOUNT_EXISTS', { deviceId });
  };

  return {
    /** The session sealed with the passphrase. Throws SESSION_MISSING, DEVICE_AUTH_CORRUPT. */
    export: (deviceId: DeviceId, passphrase: string, { keyId }: Asker): Promise<Buffer> =>
      turnstile.pass(() =>
        manager.whileStopped(deviceId, async ({ epoch }) => {
          const result = await vault.export({ deviceId, epoch }, passphrase);
          log.info({ deviceId, keyId }, 'session exported');
          return { result };
        }),
      ),

    /**
     * Gives the device the session of a backup, or of a Baileys folder as a zip; it stays stopped. Throws DEVICE_ALREADY_PAIRED,
     * ACCOUNT_EXISTS, BACKUP_INVALID, BACKUP_PASSPHRASE_WRONG.
     */
    import: (
      deviceId: DeviceId,
      { file, passphrase }: { file: Buffer; passphrase: string | null },
      { keyId }: Asker,
    ): Promise<void> =>
      turnstile.pass(() =>
        manager.whileStopped(deviceId, async ({ device, epoch }) => {
          if (isLinked(device) || (await vault.has(deviceId)))
            throw new AppError('DEVICE_ALREADY_PAIRED', { deviceId });
          const { session, account } = await vault.read(file, passphrase);
          const change = linkedTo(account);
          await refuseSecondOfAccount(deviceId, change);
          await vault.store({ deviceId, epoch }, session);
          log.info({ deviceId, keyId, keyCount: session.keys.length }, 'session imported');
          return { result: undefined, change };
        }),
      ),
  };
}
