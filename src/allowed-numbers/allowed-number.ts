import type { DeviceId } from '../shared/ids.ts';

/** `aktif`: history of its device is kept; `nonaktif`: nothing of what is said to it is kept. */
export type AllowedStatus = 'aktif' | 'nonaktif';

/** What an operator decided about one of our own numbers. */
export interface AllowedNumber {
  readonly id: number;
  /** Digits in international form. */
  readonly whatsappNumber: string;
  readonly status: AllowedStatus;
  /** The device it was entered for; the number alone decides. */
  readonly deviceId: DeviceId | null;
  readonly createdAt: Date;
  /** When `status` became what it is. */
  readonly updatedAt: Date;
}

/**
 * What may be kept of what a device receives. `history`: the recent list and the history. `recent`: the recent list only, because
 * nobody decided about its number. `withheld`: that something came, and nothing of what it said.
 */
export type StorageRule = 'history' | 'recent' | 'withheld';
