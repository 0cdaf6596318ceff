import { effect, signal } from '@preact/signals';
import { devicePath } from '../api/paths.ts';
import type { Group } from '../api/sending-types.ts';
import { deviceById } from './device-store.ts';
import { api, may, signedIn } from './session.ts';

/** What groups are called, by their id. */
const names = signal<ReadonlyMap<string, string>>(new Map());
/** Devices whose groups were asked for, at each sign-in once. */
let asked = new Set<string>();

/** What a group is called, as soon as it is known; the first question about a connected device asks for all its groups. */
export function groupName(deviceId: string, groupId: string): string | undefined {
  const known = names.value.get(groupId);
  const canAsk = !asked.has(deviceId) && deviceById(deviceId)?.isConnected === true && may('message:read');
  if (known === undefined && canAsk) void load(deviceId);
  return known;
}

async function load(deviceId: string): Promise<void> {
  asked.add(deviceId);
  // Without an answer the ids are shown; nothing depends on it.
  const found = await api.get<{ items: readonly Group[] }>(devicePath(deviceId, '/groups')).catch(() => null);
  if (!found) return;
  const next = new Map(names.peek());
  for (const { groupId, subject } of found.items) next.set(groupId, subject);
  names.value = next;
}

effect(() => {
  if (signedIn.value !== null) return;
  asked = new Set();
  names.value = new Map();
});
