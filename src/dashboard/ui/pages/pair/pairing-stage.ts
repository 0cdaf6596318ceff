import type { Device } from '../../api/device-types.ts';

/** What the page is about now. */
export type Stage =
  /** No phone is linked and nothing is under way: a person begins, or looks at the cause. */
  | 'stopped'
  /** A code is on its way, or is shown. */
  | 'waiting'
  /** A phone is linked; the device connects. */
  | 'linked'
  /** A phone is linked and nobody wants the device connected. */
  | 'resting'
  /** Connected, and history still comes. */
  | 'syncing'
  | 'connected';

export const STEPS = ['scan', 'linked', 'sync', 'done'] as const;

export function stageOf(device: Pick<Device, 'status' | 'hasSession' | 'syncProgress'>): Stage {
  const { status, hasSession, syncProgress } = device;
  if (status === 'connected') return syncProgress < 100 ? 'syncing' : 'connected';
  const isUnderWay = status === 'connecting' || status === 'pairing' || status === 'reconnecting';
  if (hasSession) return isUnderWay ? 'linked' : 'resting';
  return isUnderWay ? 'waiting' : 'stopped';
}

/** How many of the steps are behind; the next one is under way. */
export function stepsDone(stage: Stage): number {
  switch (stage) {
    case 'stopped':
    case 'waiting':
      return 0;
    case 'linked':
    case 'resting':
    case 'syncing':
      return 2;
    case 'connected':
      return STEPS.length;
  }
}

/** Causes after which a new code is what everybody expects: it ran out, or somebody ended it on purpose. */
const HARMLESS = new Set(['qr_expired', 'stopped', 'wiped', 'logout_requested', 'shutdown']);

/** Whether whoever comes to the page wants a code at once. What WhatsApp refused waits for a person. */
export function startsByItself(
  device: Pick<Device, 'status' | 'hasSession' | 'cause' | 'syncProgress'>,
): boolean {
  if (stageOf(device) !== 'stopped') return false;
  return device.cause === null || HARMLESS.has(device.cause.code);
}

/** ABCD1234 → ABCD-1234, as the phone shows it. */
export function formatCode(code: string): string {
  return code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

/** Letter by letter, for those who hear it. */
export function spellCode(code: string): string {
  return [...code].join(' ');
}
