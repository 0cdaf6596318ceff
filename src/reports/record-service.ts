import { pageOfDevices } from '../devices/device-page.ts';
import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceView } from '../devices/device-view.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { RecordNote, RecordRepository } from './record-repository.ts';

/** What a caller may see: a key may be limited to some devices. */
export interface Viewer {
  readonly deviceIds: readonly string[] | null;
  mayUse(deviceId: string): boolean;
}

/** The record of a device, for reports. */
export interface RecordView {
  readonly id: number;
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly whatsappNumber: string | null;
  readonly status: string;
  readonly isConnected: boolean;
  readonly userId: string | null;
  readonly keterangan: string | null;
  readonly tags: readonly string[];
  readonly lastActivity: string | null;
  readonly createdAt: string;
}

/** A group of a device with the link that invites into it; null when the device may not make one. */
export interface GroupLink {
  readonly groupId: string;
  readonly subject: string | null;
  readonly participantCount: number;
  readonly inviteLink: string | null;
}

/** Asks the live device. Throws DEVICE_NOT_CONNECTED, WHATSAPP_UNAVAILABLE. */
export type GroupLinks = (deviceId: DeviceId) => Promise<readonly GroupLink[]>;

export interface RecordServiceDeps {
  records: RecordRepository;
  devices: Pick<DeviceService, 'list' | 'view'>;
  groupLinks: GroupLinks;
}

interface Paging {
  readonly order: 'asc' | 'desc';
  readonly page: number;
  readonly pageSize: number;
  readonly cursor?: number | undefined;
}

export type RecordService = ReturnType<typeof createRecordService>;

/**
 * The records of devices. One is named by its number or by the deviceId; an unknown one, and one the
 * viewer may not see, is DEVICE_NOT_FOUND.
 */
export function createRecordService({ records, devices, groupLinks }: RecordServiceDeps) {
  async function find(name: string, viewer: Viewer): Promise<RecordNote> {
    const found = await records.find(name);
    if (!found || !viewer.mayUse(found.deviceId))
      throw new AppError('DEVICE_NOT_FOUND', { session_id: name });
    return found;
  }

  async function view(name: string, viewer: Viewer): Promise<RecordView> {
    const note = await find(name, viewer);
    return toRecordView(await devices.view(note.deviceId), note);
  }

  return {
    find,
    view,
    notes: () => records.list(),

    /** Oldest first, unless the order says otherwise; all, or those of one user. */
    async list(viewer: Viewer, { userId, ...paging }: Paging & { readonly userId?: string | undefined }) {
      const notes = new Map((await records.list(userId)).map((note) => [note.deviceId as string, note]));
      const { items } = await devices.list({ mayUse: (id) => viewer.mayUse(id) && notes.has(id) });
      const page = pageOfDevices(items, paging);
      return {
        ...page,
        items: page.items.map((item) => toRecordView(item, notes.get(item.deviceId) ?? NO_NOTE)),
      };
    },

    async describe(name: string, viewer: Viewer, note: string | null): Promise<RecordView> {
      const { deviceId } = await find(name, viewer);
      await records.update(deviceId, { note });
      return view(deviceId, viewer);
    },

    async giveTo(name: string, viewer: Viewer, userId: string | null): Promise<RecordView> {
      const { deviceId } = await find(name, viewer);
      await records.update(deviceId, { userId });
      return view(deviceId, viewer);
    },

    /** Throws DEVICE_NOT_CONNECTED: WhatsApp alone knows the links. */
    async groupLinks(name: string, viewer: Viewer): Promise<readonly GroupLink[]> {
      const { deviceId } = await find(name, viewer);
      const { isConnected } = await devices.view(deviceId);
      if (!isConnected) throw new AppError('DEVICE_NOT_CONNECTED', { deviceId });
      return groupLinks(deviceId);
    },
  };
}

const NO_NOTE = { note: null, userId: null };

function toRecordView(device: DeviceView, { note, userId }: Pick<RecordNote, 'note' | 'userId'>): RecordView {
  return {
    id: device.recordNumber,
    deviceId: device.deviceId,
    deviceName: device.deviceName,
    whatsappNumber: device.phoneNumber,
    status: device.status,
    isConnected: device.isConnected,
    userId,
    keterangan: note,
    tags: device.tags,
    lastActivity: device.lastActivity,
    createdAt: device.createdAt,
  };
}
