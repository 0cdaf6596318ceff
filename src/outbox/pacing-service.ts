import type { Clock } from '../shared/clock.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { isGroup, type Jid } from '../whatsapp/jid.ts';
import type { ContactBook } from './contact-book.ts';
import type { DeviceHealthKeeper } from './device-health-keeper.ts';
import { type PacedDevice, type PacedDeviceDeps, readPacedDevice } from './paced-device.ts';
import type { Pacer } from './pacer.ts';
import { forecast, type PlanWarning } from './pacing-forecast.ts';
import { isJobItem, judge, settle } from './pacing-judgement.ts';

export interface PacingServiceDeps extends PacedDeviceDeps {
  readonly contacts: Pick<ContactBook, 'lastInboundAt' | 'countStrangers'>;
  readonly health: DeviceHealthKeeper;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface PacingService extends Pacer {
  /** What became of a message; unknown ones and those to people we know are ignored. */
  ended(message: { deviceId: DeviceId; waMessageId: WaMessageId; delivered: boolean }): void;
  /** The setting of this name. Throws what the database throws. */
  coldPauseMinutes(deviceId: DeviceId): Promise<number>;
  /** Takes over what was stored; without it within five seconds. */
  settingsChanged(deviceId: DeviceId): void;
  /** What will be in the way of messages to these people. Works in any process. Throws what the database throws. */
  warningsFor(
    deviceId: DeviceId,
    planned: { recipients: readonly Jid[]; delayMs: number | null },
  ): Promise<PlanWarning[]>;
}

/** How long settings hold before they are read again: another process may have changed them. */
const SETTINGS_HOLD_MS = 5_000;

/** Pacing of the devices this process runs: facts from memory, decisions from `decide`. */
export function createPacingService(deps: PacingServiceDeps): PacingService {
  const { contacts, health, settingsOf, random, clock, log } = deps;
  const devices = new Map<DeviceId, PacedDevice>();
  const loading = new Map<DeviceId, Promise<PacedDevice>>();
  const refreshAt = new Map<DeviceId, number>();

  const load = (deviceId: DeviceId): Promise<PacedDevice> => {
    const begun = loading.get(deviceId) ?? read(deviceId);
    loading.set(deviceId, begun);
    return begun;
  };
  const read = async (deviceId: DeviceId): Promise<PacedDevice> => {
    try {
      const [device] = await Promise.all([
        readPacedDevice(deviceId, { ...deps, now: clock.now() }),
        health.load(deviceId),
      ]);
      devices.set(deviceId, device);
      refreshAt.set(deviceId, clock.monotonic() + SETTINGS_HOLD_MS);
      return device;
    } finally {
      loading.delete(deviceId);
    }
  };
  const refresh = (deviceId: DeviceId): void => {
    refreshAt.set(deviceId, clock.monotonic() + SETTINGS_HOLD_MS);
    settingsOf(deviceId).then(
      (settings) => {
        const device = devices.get(deviceId);
        if (device) device.settings = settings;
      },
      (error: unknown) => log.warn({ deviceId, err: error }, 'pacing settings not read again'),
    );
  };

  return {
    pace(message, now) {
      const { deviceId, to } = message;
      const device = devices.get(deviceId);
      const inbound = isGroup(to) ? null : contacts.lastInboundAt(deviceId, to);
      const state = health.peek(deviceId);
      if (!device || !state || inbound instanceof Promise) {
        return Promise.all([device ?? load(deviceId), inbound, health.load(deviceId)]).then(
          ([known, lastInboundAt, loaded]) =>
            judge(message, { device: known, state: loaded, lastInboundAt, now }, deps),
        );
      }
      if (clock.monotonic() >= (refreshAt.get(deviceId) ?? 0)) refresh(deviceId);
      return judge(message, { device, state, lastInboundAt: inbound, now }, deps);
    },
    sent(message, at) {
      const device = devices.get(message.deviceId);
      if (!device) return;
      const { waMessageId } = message;
      const lane = device.lanes.get(waMessageId);
      device.lanes.delete(waMessageId);
      if (device.awaited.has(waMessageId)) device.awaited.set(waMessageId, { sentAt: at, isSent: true });
      device.window.add(at, { total: lane === 'reply' ? 0 : 1, cold: lane === 'cold' ? 1 : 0 });
      if (!isJobItem(message)) return;
      device.lastJobItemAt = at;
      device.gapDraw = random.next();
    },
    ended({ deviceId, waMessageId, delivered }) {
      const device = devices.get(deviceId);
      if (device) settle(deviceId, { device, waMessageId, delivered }, deps);
    },
    async coldPauseMinutes(deviceId) {
      const { coldPauseMinutes } = devices.get(deviceId)?.settings ?? (await settingsOf(deviceId));
      return coldPauseMinutes;
    },
    settingsChanged(deviceId) {
      if (devices.has(deviceId)) refresh(deviceId);
    },
    forget(deviceId) {
      devices.delete(deviceId);
      refreshAt.delete(deviceId);
    },
    async warningsFor(deviceId, { recipients, delayMs }) {
      const now = clock.now();
      const [device, state, cold] = await Promise.all([
        devices.get(deviceId) ?? readPacedDevice(deviceId, { ...deps, now }),
        health.read(deviceId),
        contacts.countStrangers(deviceId, recipients),
      ]);
      return forecast({ cold, total: recipients.length, delayMs }, { device, health: state, now });
    },
  };
}
