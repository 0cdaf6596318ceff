import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import type { LeaseKeeper } from './leases/lease-keeper.ts';
import type { LeaseOwners } from './leases/lease-owners.ts';
import type { Metrics } from './metrics/metrics.ts';
import { measureAccepted } from './metrics/outbox-metrics.ts';
import { createOutbox, type Outbox } from './outbox/outbox.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import type { QueuedMessage } from './outbox/outbox-message.ts';
import type { PacingHost } from './pacing-host.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { Wakeups } from './wakeups/wakeups.ts';

interface OutboxHostDeps extends Basics {
  readonly database: Database;
  readonly leases: LeaseKeeper;
  readonly owners: LeaseOwners;
  readonly manager: Pick<DeviceManager, 'socketOf'>;
  readonly pacing: Pick<PacingHost, 'pacer' | 'signals'>;
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly outboxEvents: EventBus<OutboxEvent>;
  readonly metrics: Metrics;
  /** WhatsApp's server took a message. */
  onAccepted(message: QueuedMessage): void;
}

/** Everything that decides when which message leaves. */
export function createOutboxHost(deps: OutboxHostDeps): Outbox {
  const { clock, log, database, pacing, tuning, metrics } = deps;
  const { sendSeconds } = metrics.instruments;
  return createOutbox({
    database,
    devices: deps.deviceEvents,
    sockets: deps.manager,
    leases: deps.leases,
    owners: deps.owners,
    events: deps.outboxEvents,
    wakeups: deps.wakeups,
    pacer: pacing.pacer,
    signals: {
      ...pacing.signals,
      onAccepted(message) {
        pacing.signals.onAccepted(message);
        deps.onAccepted(message);
        measureAccepted(message, { sendSeconds, clock });
      },
    },
    catchUpPatienceMs: tuning?.catchUpPatienceMs,
    clock,
    log,
  });
}
