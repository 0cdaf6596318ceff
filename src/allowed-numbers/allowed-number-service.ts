import type { Device } from '../devices/device.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { phoneNumberOf } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { AllowedNumber, AllowedStatus } from './allowed-number.ts';
import type { AllowedNumberRepository } from './allowed-number-repository.ts';
import type { StorageRules } from './storage-rules.ts';

/** A record as callers see it; times are ISO 8601 in UTC. */
export interface AllowedNumberView {
  readonly id: number;
  readonly whatsapp_number: string;
  readonly status: AllowedStatus;
  /** The device it was entered for. */
  readonly session_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Which devices a caller may speak of. */
export interface Reach {
  /** Null: all. */
  readonly deviceIds: readonly string[] | null;
  mayUse(deviceId: string): boolean;
}

export interface AllowedNumberServiceDeps {
  readonly repository: AllowedNumberRepository;
  readonly rules: Pick<StorageRules, 'forget'>;
  /** Erases what is kept of the device's chats beside the database. */
  eraseChats(deviceId: DeviceId): Promise<void>;
  readonly devices: { list(): Promise<readonly Pick<Device, 'deviceId' | 'recordNumber'>[]> };
  readonly clock: Clock;
  readonly log: Logger;
  readonly defaultCountry: DefaultCountry;
}

/** What was received so long ago and is still to be taken over belongs to a device that is not running. */
const UNTAKEN_MS = 60_000;

export type AllowedNumberService = ReturnType<typeof createAllowedNumberService>;

/**
 * What an operator decides about our own numbers. A number that is switched off keeps nothing of what comes from then on, and what
 * its device's recent list says is gone when the call resolves. Methods with an id throw ALLOWED_NUMBER_NOT_FOUND.
 */
export function createAllowedNumberService(deps: AllowedNumberServiceDeps) {
  const { repository, rules, clock, log } = deps;

  const find = async (id: number, reach: Reach): Promise<AllowedNumber> => {
    const found = await repository.find(id);
    if (!found || !isIn(reach, found)) throw new AppError('ALLOWED_NUMBER_NOT_FOUND', { id });
    return found;
  };

  /** What is decided about a number holds for each device that has it, also beside the one it was asked for. */
  const mayDecide = async (whatsappNumber: string, reach: Reach): Promise<boolean> =>
    reach.deviceIds === null ||
    (await repository.devicesWith(whatsappNumber)).every((deviceId) => reach.mayUse(deviceId));

  const findToDecide = async (id: number, reach: Reach): Promise<AllowedNumber> => {
    const found = await find(id, reach);
    if (!(await mayDecide(found.whatsappNumber, reach)))
      throw new AppError('ALLOWED_NUMBER_NOT_FOUND', { id });
    return found;
  };

  const deviceOf = async (sessionId: string, reach: Reach): Promise<DeviceId> => {
    const all = await deps.devices.list();
    const device =
      all.find(({ deviceId }) => deviceId === sessionId) ??
      all.find(({ recordNumber }) => String(recordNumber) === sessionId);
    if (!device || !reach.mayUse(device.deviceId)) {
      throw new AppError('DEVICE_NOT_FOUND', { session_id: sessionId });
    }
    return device.deviceId;
  };

  const untaken = () => new Date(clock.now().getTime() - UNTAKEN_MS);
  const erase = async ({ whatsappNumber, deviceId }: Pick<AllowedNumber, 'whatsappNumber' | 'deviceId'>) => {
    const devices = new Set(await repository.devicesWith(whatsappNumber));
    for (const each of devices) {
      await repository.eraseBodies(each, untaken());
      await deps.eraseChats(each);
    }
    log.info({ deviceId, devices: devices.size }, 'a number was switched off and its bodies erased');
  };

  return {
    async list(
      reach: Reach,
      { status, page, pageSize }: { status?: AllowedStatus | undefined; page: number; pageSize: number },
    ) {
      const filter = { status, deviceIds: reach.deviceIds };
      const [items, total] = await Promise.all([
        repository.list(filter, { limit: pageSize, offset: (page - 1) * pageSize }),
        repository.count(filter),
      ]);
      return { items: items.map(toView), total, page, pageSize, nextCursor: null };
    },

    /** Throws RECIPIENT_INVALID, PHONE_NUMBER_INVALID, DEVICE_NOT_FOUND, FORBIDDEN and ALLOWED_NUMBER_EXISTS. */
    async add(
      order: { number: string; status: AllowedStatus; sessionId: string | null },
      reach: Reach,
    ): Promise<AllowedNumberView> {
      const whatsappNumber = phoneNumberOf(parseRecipient(order.number, deps.defaultCountry));
      if (whatsappNumber === null) throw new AppError('PHONE_NUMBER_INVALID');
      if (order.sessionId === null && reach.deviceIds !== null) {
        throw new AppError('FORBIDDEN', { needs: 'session_id' });
      }
      const deviceId = order.sessionId === null ? null : await deviceOf(order.sessionId, reach);
      if (!(await mayDecide(whatsappNumber, reach)))
        throw new AppError('FORBIDDEN', { field: 'whatsapp_number' });
      const { status } = order;
      const isAdded = await repository.add({ whatsappNumber, status, deviceId }, clock.now());
      rules.forget(whatsappNumber);
      const added = await repository.findByNumber(whatsappNumber);
      if (!isAdded || !added) {
        const isSeen = added !== null && isIn(reach, added);
        throw new AppError('ALLOWED_NUMBER_EXISTS', { id: isSeen ? added.id : null });
      }
      if (status === 'nonaktif') await erase(added);
      return toView(added);
    },

    /** Also erases again when it was `nonaktif` already. */
    async setStatus(id: number, status: AllowedStatus, reach: Reach): Promise<AllowedNumberView> {
      const { whatsappNumber } = await findToDecide(id, reach);
      await repository.setStatus(id, status, clock.now());
      rules.forget(whatsappNumber);
      const changed = await find(id, reach);
      if (changed.status === 'nonaktif') await erase(changed);
      return toView(changed);
    },

    /** From now on nobody has decided about the number. */
    async remove(id: number, reach: Reach): Promise<void> {
      const { whatsappNumber } = await findToDecide(id, reach);
      await repository.remove(id);
      rules.forget(whatsappNumber);
    },

    /**
     * Erases what numbers that are switched off have kept nevertheless: a process that died in the middle of a switch left it.
     */
    async eraseLeftovers(): Promise<void> {
      for (const whatsappNumber of await repository.withheldNumbers()) {
        for (const each of await repository.devicesWith(whatsappNumber))
          await repository.eraseBodies(each, untaken());
      }
    },
  };
}

function isIn({ deviceIds, mayUse }: Reach, { deviceId }: AllowedNumber): boolean {
  return deviceIds === null || (deviceId !== null && mayUse(deviceId));
}

function toView(record: AllowedNumber): AllowedNumberView {
  return {
    id: record.id,
    whatsapp_number: record.whatsappNumber,
    status: record.status,
    session_id: record.deviceId,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
  };
}
