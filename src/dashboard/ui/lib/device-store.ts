import { batch, computed, effect, signal } from '@preact/signals';
import type { Device, Page } from '../api/device-types.ts';
import { DEVICES } from '../api/paths.ts';
import { type ApiError, toApiError } from './api-error.ts';
import { applyFrame, countByStatus } from './device-frames.ts';
import { onLive } from './live.ts';
import type { LiveFrame } from './live-stream.ts';
import { api, may, signedIn } from './session.ts';

const byId = signal<ReadonlyMap<string, Device>>(new Map());

/** Every device the person may see, the oldest first, kept live. */
export const devices = computed(() => [...byId.value.values()]);
export const deviceCounts = computed(() => countByStatus(byId.value.values()));
/** Whether `devices` is complete; `error` keeps what was there. */
export const devicesState = signal<'loading' | 'ready' | 'error'>('loading');
export const devicesError = signal<ApiError | null>(null);

/** The newest this page knows of a device. */
export function deviceById(deviceId: string): Device | undefined {
  return byId.value.get(deviceId);
}

/** Takes a device as an answer of the API showed it. */
export function putDevice(device: Device): void {
  byId.value = new Map(byId.value).set(device.deviceId, device);
}

export function dropDevice(deviceId: string): void {
  const rest = new Map(byId.value);
  rest.delete(deviceId);
  byId.value = rest;
}

let round = 0;
/** What is told while the list is on its way may be newer than the list. */
let meanwhile: LiveFrame[] = [];
let loading = false;

/** Loads all of them, page by page; a later call makes an earlier one worthless. */
export async function loadDevices(): Promise<void> {
  round += 1;
  const mine = round;
  meanwhile = [];
  loading = true;
  if (devicesState.peek() !== 'ready') devicesState.value = 'loading';
  try {
    const found: Map<string, Device> = new Map();
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page<Device> = await api.get(`${DEVICES}/devices`, { query: { pageSize: 200, cursor } });
      for (const device of page.items) found.set(device.deviceId, device);
      cursor = page.nextCursor;
    }
    if (mine !== round) return;
    loading = false;
    batch(() => {
      byId.value = meanwhile.reduce<ReadonlyMap<string, Device>>(applyFrame, found);
      devicesState.value = 'ready';
      devicesError.value = null;
    });
  } catch (error) {
    if (mine !== round) return;
    loading = false;
    devicesState.value = 'error';
    devicesError.value = toApiError(error);
  }
}

onLive((frame) => {
  if (frame.type === 'resync') void loadDevices();
  else {
    byId.value = applyFrame(byId.peek(), frame);
    if (loading) meanwhile.push(frame);
  }
});

// A person's devices are that person's: they come with the sign-in and go with it.
effect(() => {
  const userId = signedIn.value?.user.userId;
  if (userId !== undefined && may('device:read')) void loadDevices();
  else {
    round += 1;
    byId.value = new Map();
    devicesState.value = 'loading';
  }
});
