import type { DeviceAddress } from '../core.ts';

/** Any WhatsApp address taken apart. Device 0 is the phone, or an address that has no devices. */
export interface WireAddress {
  readonly user: string;
  readonly device: number;
  readonly server: string;
}

const MAX_DEVICE = 255;

/** Null when the text is no address: one at-sign, a server, and at most one device from 0 to 255. */
export function parseAddress(jid: string): WireAddress | null {
  // The agent part (`_1`) is a relic some clients still write between user and device.
  const [, user, device = '0', server] = /^([^@:_]*)(?:_\d+)?(?::(\d{1,3}))?@([^@:]+)$/.exec(jid) ?? [];
  if (user === undefined || server === undefined || Number(device) > MAX_DEVICE) return null;
  return { user, device: Number(device), server: server === 'c.us' ? 's.whatsapp.net' : server };
}

/** The address of one device of a person, or null: a group, a broadcast, a server, or no address at all. */
export function parseDeviceAddress(jid: string): DeviceAddress | null {
  const address = parseAddress(jid);
  if (!address || address.user === '') return null;
  const { user, device, server } = address;
  return server === 's.whatsapp.net' || server === 'lid' ? { user, device, server } : null;
}

/** `user:device@server`; device 0 is left out. */
export function formatAddress({ user, device, server }: WireAddress): string {
  return device === 0 ? `${user}@${server}` : `${user}:${device}@${server}`;
}

/** The same person without the device. */
export function userJid({ user, server }: WireAddress): string {
  return `${user}@${server}`;
}

export function isGroupJid(jid: string): boolean {
  return jid.endsWith('@g.us');
}
