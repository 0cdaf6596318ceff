import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import { type DefaultCountry, parsePhoneNumber } from '../whatsapp/phone-number.ts';
import type { Device, DeviceSettings, DeviceStatus } from './device.ts';
import type { DeviceManager, PairingCode, StartOutcome } from './device-manager.ts';
import { DEFAULT_DEVICE_SETTINGS, mergeSettings, type SettingsPatch } from './device-settings.ts';
import type { DeviceDetails, DeviceView } from './device-view.ts';
import { type SendingHealthSource, UNTROUBLED } from './sending-health.ts';

export interface NewDevice {
  readonly deviceId: DeviceId;
  readonly deviceName: string | null;
  readonly tags: readonly string[];
  readonly proxyUrl: string | null;
  readonly settings: DeviceSettings;
}

export type DeviceEdit = Partial<Pick<Device, 'deviceName' | 'tags' | 'proxyUrl' | 'settings'>>;

/** The rows as this service needs them; device-repository.ts has them. */
export interface DeviceRecords {
  find(deviceId: DeviceId): Promise<Device | null>;
  list(): Promise<Device[]>;
  /** Throws DEVICE_EXISTS. */
  add(device: NewDevice): Promise<Device>;
  update(deviceId: DeviceId, change: DeviceEdit): Promise<unknown>;
  remove(deviceId: DeviceId): Promise<unknown>;
  purge(deviceId: DeviceId): Promise<unknown>;
}

/** What a caller may say of a device; what is left out stays as it is. */
export type DeviceChanges = Omit<DeviceEdit, 'settings'> & { settings?: SettingsPatch };

export interface DeviceFilter {
  readonly status?: DeviceStatus | undefined;
  readonly search?: string | undefined;
  readonly tag?: string | undefined;
  mayUse(deviceId: string): boolean;
}

/** A QR or pairing code that is valid now. */
export interface Challenge {
  readonly value: string;
  readonly expiresInSeconds: number;
}

export interface DeviceServiceDeps {
  devices: DeviceRecords;
  manager: DeviceManager;
  health: SendingHealthSource;
  clock: Clock;
  defaultCountry: DefaultCountry;
}

export type DeviceService = ReturnType<typeof createDeviceService>;

/** What one can do with devices. Every method throws DEVICE_NOT_FOUND for an id without a row. */
export function createDeviceService({ devices, manager, health, clock, defaultCountry }: DeviceServiceDeps) {
  async function get(deviceId: DeviceId): Promise<Device> {
    const device = await devices.find(deviceId);
    if (!device) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    return device;
  }
  const withHealth = async (views: readonly DeviceView[]): Promise<DeviceDetails[]> => {
    const known = await health.viewsOf(views.map(({ deviceId }) => deviceId));
    return views.map((each) => ({ ...each, health: known.get(each.deviceId) ?? UNTROUBLED }));
  };
  const view = async (deviceId: DeviceId): Promise<DeviceDetails> => {
    const shown = manager.viewOf(await get(deviceId));
    const known = await health.viewsOf([deviceId]);
    return { ...shown, health: known.get(deviceId) ?? UNTROUBLED };
  };

  return {
    view,
    /** Adds a device; it stays `created` until somebody connects it. Throws DEVICE_EXISTS with what can be done instead. */
    async create(input: Pick<NewDevice, 'deviceId'> & DeviceChanges): Promise<DeviceDetails> {
      const { deviceId, deviceName = null, tags = [], proxyUrl = null, settings } = input;
      const known = await devices.find(deviceId);
      if (known) throw deviceExists(deviceId);
      const complete = mergeSettings(DEFAULT_DEVICE_SETTINGS, settings ?? {});
      const added = await devices.add({ deviceId, deviceName, tags, proxyUrl, settings: complete });
      return { ...manager.viewOf(added), health: UNTROUBLED };
    },

    /** The devices the caller may use, oldest first, with how many there are of each status before the filters. */
    async list({ status, search, tag, mayUse }: DeviceFilter) {
      const all = (await devices.list()).filter(({ deviceId }) => mayUse(deviceId)).map(manager.viewOf);
      const counts: Record<string, number> = {};
      for (const { status: each } of all) counts[each] = (counts[each] ?? 0) + 1;
      const wanted = search?.toLowerCase();
      const items = all.filter(
        (item) =>
          (status === undefined || item.status === status) &&
          (tag === undefined || item.tags.includes(tag)) &&
          (wanted === undefined || matches(item, wanted)),
      );
      return { items: await withHealth(items), counts };
    },

    async edit(deviceId: DeviceId, { settings, ...change }: DeviceChanges): Promise<DeviceDetails> {
      const device = await get(deviceId);
      const merged = mergeSettings(device.settings, settings ?? {});
      await devices.update(deviceId, { ...change, settings: merged });
      manager.edited(await get(deviceId));
      health.settingsChanged(deviceId);
      return view(deviceId);
    },

    /** Starts the device; the outcome says whether it was connected or connecting already. */
    async connect(deviceId: DeviceId): Promise<{ outcome: StartOutcome; device: DeviceDetails }> {
      await get(deviceId);
      const outcome = await manager.start(deviceId);
      return { outcome, device: await view(deviceId) };
    },

    async restart(deviceId: DeviceId): Promise<DeviceDetails> {
      await get(deviceId);
      await manager.restart(deviceId);
      return view(deviceId);
    },

    /** Stops the device and unlinks it at WhatsApp; `keep` leaves it linked. History and settings stay either way. */
    async disconnect(deviceId: DeviceId, link: 'unlink' | 'keep'): Promise<DeviceDetails> {
      await get(deviceId);
      await (link === 'unlink' ? manager.logout(deviceId) : manager.stop(deviceId));
      return view(deviceId);
    },

    async wipe(deviceId: DeviceId): Promise<DeviceDetails> {
      await get(deviceId);
      await manager.wipe(deviceId);
      return view(deviceId);
    },

    /** Removes the device; its history stays unless `everything` goes. */
    async remove(deviceId: DeviceId, what: 'registration' | 'everything'): Promise<void> {
      await get(deviceId);
      await manager.remove(deviceId);
      await (what === 'everything' ? devices.purge(deviceId) : devices.remove(deviceId));
    },

    /** The QR shown now. Throws QR_NOT_AVAILABLE, PAIRING_EXPIRED. */
    async qr(deviceId: DeviceId): Promise<Challenge> {
      const { qrCode, challengeExpiresAt, status, cause } = await view(deviceId);
      if (qrCode !== null) return { value: qrCode, expiresInSeconds: secondsUntil(challengeExpiresAt) };
      throw new AppError('QR_NOT_AVAILABLE', { status, cause: cause?.code ?? null });
    },

    /** Asks WhatsApp for a pairing code. Throws PHONE_NUMBER_INVALID, DEVICE_ALREADY_PAIRED, WHATSAPP_UNAVAILABLE. */
    async pairingCode(deviceId: DeviceId, phone: string): Promise<Challenge> {
      await get(deviceId);
      const code: PairingCode = await manager.pairWithCode(deviceId, parsePhoneNumber(phone, defaultCountry));
      return { value: code.code, expiresInSeconds: secondsUntil(code.expiresAt.toISOString()) };
    },

    /** Starts again every device the caller may use that has a session and does not run. */
    async restoreAll(mayUse: (deviceId: string) => boolean) {
      const results = [];
      for (const { deviceId } of await devices.list()) {
        if (mayUse(deviceId)) results.push(await manager.restore(deviceId));
      }
      return results;
    },

    async restore(deviceId: DeviceId) {
      await get(deviceId);
      return manager.restore(deviceId);
    },
  };

  function secondsUntil(time: string | null): number {
    const left = time === null ? 0 : Date.parse(time) - clock.now().getTime();
    return Math.max(0, Math.ceil(left / 1000));
  }
}

function matches(device: DeviceView, wanted: string): boolean {
  const texts = [device.deviceId, device.deviceName, device.phoneNumber, device.pushName];
  return texts.some((text) => text?.toLowerCase().includes(wanted));
}

/** A caller that meets its own device again wants to go on, not to read an error page. */
export function deviceExists(deviceId: DeviceId): AppError {
  return new AppError('DEVICE_EXISTS', { deviceId, options: ['connect', 'recreate', 'rename'] });
}
