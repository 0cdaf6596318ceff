import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { Device } from './devices/device.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import { DEFAULT_PACING } from './devices/pacing-settings.ts';
import type { SendingHealthSource } from './devices/sending-health.ts';
import { createContactBook } from './outbox/contact-book.ts';
import { createContactRepository } from './outbox/contact-repository.ts';
import { createDeviceHealthKeeper } from './outbox/device-health-keeper.ts';
import { createDeviceHealthRepository } from './outbox/device-health-repository.ts';
import { type HealthSignalsDeps, startHealthSignals } from './outbox/device-health-signals.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import type { Pacer } from './outbox/pacer.ts';
import { createPacingRepository } from './outbox/pacing-repository.ts';
import { createPacingService, type PacingService } from './outbox/pacing-service.ts';
import type { SendSignals } from './outbox/send-signals.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { DeviceId } from './shared/ids.ts';

interface PacingHostDeps extends Pick<Basics, 'clock' | 'random' | 'log'> {
  readonly database: Database;
  readonly devices: { find(deviceId: DeviceId): Promise<Pick<Device, 'settings'> | null> };
  /** Only asked when something was refused. */
  readonly manager: HealthSignalsDeps['sockets'];
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly outboxEvents: EventBus<OutboxEvent>;
}

/** How fast devices may send, and what WhatsApp thinks of it. */
export interface PacingHost {
  readonly pacer: Pacer;
  readonly signals: SendSignals;
  /** For the device views. */
  readonly health: SendingHealthSource;
  readonly warningsFor: PacingService['warningsFor'];
  /** Writes what is only in memory yet; resolves when it was tried. */
  drain(): Promise<void>;
}

export function createPacingHost(deps: PacingHostDeps): PacingHost {
  const { database, clock, random, log } = deps;
  const healthRows = createDeviceHealthRepository({ database, clock });
  const contacts = createContactBook({ repository: createContactRepository({ database }), clock, log });
  const health = createDeviceHealthKeeper({ repository: healthRows, clock, log });
  const pacing = createPacingService({
    history: createPacingRepository({ database }),
    settingsOf: async (deviceId) => (await deps.devices.find(deviceId))?.settings.pacing ?? DEFAULT_PACING,
    contacts,
    health,
    random,
    clock,
    log,
  });
  const signals = startHealthSignals({
    health,
    contacts,
    pacing,
    devices: deps.deviceEvents,
    outbox: deps.outboxEvents,
    sockets: deps.manager,
    clock,
    log,
  });
  return {
    pacer: pacing,
    signals,
    health: {
      async viewsOf(deviceIds) {
        const stored = await healthRows.viewsOf(deviceIds);
        return new Map([...stored, ...health.liveViews(deviceIds)]);
      },
      settingsChanged: pacing.settingsChanged,
    },
    warningsFor: pacing.warningsFor,
    async drain() {
      await Promise.all([contacts.drain(), health.drain()]);
    },
  };
}
