import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import type { LeaseKeeper } from './leases/lease-keeper.ts';
import { createJobGaps } from './outbox/job-gaps.ts';
import { createOutbox, type Outbox } from './outbox/outbox.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import { silentSignals } from './outbox/send-signals.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { Wakeups } from './wakeups/wakeups.ts';

interface OutboxHostDeps extends Basics {
  readonly database: Database;
  readonly leases: LeaseKeeper;
  readonly manager: Pick<DeviceManager, 'socketOf'>;
  readonly wakeups: Wakeups;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly outboxEvents: EventBus<OutboxEvent>;
}

/** Everything that decides when which message leaves. */
export function createOutboxHost(deps: OutboxHostDeps): Outbox {
  const { clock, random, log, database, tuning } = deps;
  return createOutbox({
    database,
    devices: deps.deviceEvents,
    sockets: deps.manager,
    leases: deps.leases,
    events: deps.outboxEvents,
    wakeups: deps.wakeups,
    pacer: createJobGaps({ random }),
    signals: silentSignals,
    catchUpPatienceMs: tuning?.catchUpPatienceMs,
    clock,
    log,
  });
}
