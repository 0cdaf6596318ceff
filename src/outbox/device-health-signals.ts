import type { DeviceEvent } from '../devices/device-events.ts';
import type { DeviceState } from '../devices/device-state.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { isGroup, type Jid, withoutDevice } from '../whatsapp/jid.ts';
import type { WhatsAppSocket } from '../whatsapp/socket.ts';
import type { ContactBook } from './contact-book.ts';
import {
  afterColdRefusal,
  afterMessageCap,
  afterReachoutLock,
  forAccount,
  withWarning,
} from './device-health.ts';
import type { DeviceHealthKeeper } from './device-health-keeper.ts';
import type { OutboxEvent } from './outbox-events.ts';
import type { PacingService } from './pacing-service.ts';
import type { SendSignals } from './send-signals.ts';

export interface HealthSignalsDeps {
  readonly health: DeviceHealthKeeper;
  readonly contacts: ContactBook;
  readonly pacing: Pick<PacingService, 'ended' | 'forget' | 'coldPauseMinutes'>;
  readonly devices: Pick<EventBus<DeviceEvent>, 'subscribe'>;
  readonly outbox: Pick<EventBus<OutboxEvent>, 'subscribe'>;
  /** Throws DEVICE_NOT_CONNECTED. */
  readonly sockets: { socketOf(deviceId: DeviceId): Pick<WhatsAppSocket, 'askRestrictions'> };
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long WhatsApp gets to say what it has against an account. */
const ANSWER_PATIENCE_MS = 15_000;
const DAY_MS = 24 * 60 * 60_000;

/** Turns what WhatsApp lets us know into the health of devices, and what people write into contacts. */
export function startHealthSignals(deps: HealthSignalsDeps): SendSignals {
  const { health, contacts, pacing, clock, log } = deps;

  deps.devices.subscribe((event) => {
    const { deviceId } = event;
    switch (event.type) {
      case 'message':
        return contacts.received(deviceId, event.message);
      case 'reachout-lock':
        return health.change(deviceId, (current) => afterReachoutLock(current, event.lock));
      case 'message-cap':
        return health.change(deviceId, (current) => afterMessageCap(current, event.cap, clock.now()));
      case 'state-changed':
        return onState(deviceId, event.state);
      case 'removed':
        return forget(deviceId);
    }
  });
  deps.outbox.subscribe(({ deviceId, waMessageId, status, refusal }) => {
    if (status === 'delivered' || status === 'read' || status === 'played')
      pacing.ended({ deviceId, waMessageId, delivered: true });
    if (status === 'failed' && refusal !== null) pacing.ended({ deviceId, waMessageId, delivered: false });
  });

  return {
    onAccepted: ({ deviceId, to }) => contacts.sent(deviceId, to),
    onDelivered: ({ deviceId, waMessageId }) => pacing.ended({ deviceId, waMessageId, delivered: true }),
    onRateLimited({ deviceId, until }) {
      health.change(deviceId, (current) => ({ ...current, ratePausedUntil: until }));
    },
    onReachoutLocked({ deviceId, to }) {
      onRefusal(deviceId, to).catch((error: unknown) => {
        log.error({ deviceId, err: error }, 'a refusal (463) has no consequence');
      });
    },
  };

  /** Strangers rest at once; WhatsApp is asked afterwards how long they must. People we know just failed this time. */
  async function onRefusal(deviceId: DeviceId, to: Jid): Promise<void> {
    const now = clock.now();
    const known = isGroup(to) ? now : await contacts.lastInboundAt(deviceId, to);
    if (known) {
      const until = new Date(now.getTime() + DAY_MS);
      health.change(deviceId, (current) => withWarning(current, { ...REFUSED_TO_KNOWN, since: now, until }));
    } else {
      const pauseMinutes = await pacing.coldPauseMinutes(deviceId);
      health.change(deviceId, (current) => afterColdRefusal(current, { now, pauseMinutes }));
    }
    const { reachoutLock, messageCap } = await askRestrictions(deviceId);
    // Without a lock the pause of ours stays: something was refused all the same.
    if (reachoutLock) health.change(deviceId, (current) => afterReachoutLock(current, reachoutLock));
    if (messageCap) health.change(deviceId, (current) => afterMessageCap(current, messageCap, clock.now()));
    const told = { lockedUntil: reachoutLock?.until, cap: messageCap?.level };
    log.warn({ deviceId, stranger: !known, ...told }, 'WhatsApp refuses messages of this account');
  }

  async function askRestrictions(deviceId: DeviceId) {
    try {
      return await deps.sockets.socketOf(deviceId).askRestrictions(ANSWER_PATIENCE_MS);
    } catch (error) {
      log.info({ deviceId, err: error }, 'restrictions of the account not asked');
      return { reachoutLock: null, messageCap: null };
    }
  }

  function onState(deviceId: DeviceId, state: DeviceState): void {
    if (state.status === 'connected') {
      const account = withoutDevice(state.jid);
      if (health.peek(deviceId)?.account === account) return;
      onAccount(deviceId, account).catch((error: unknown) => {
        log.error({ deviceId, err: error }, 'health does not know the account');
      });
    } else if (mayHaveRunElsewhere(state)) forget(deviceId);
  }

  async function onAccount(deviceId: DeviceId, account: Jid): Promise<void> {
    const { account: before } = await health.load(deviceId);
    health.change(deviceId, (current) => forAccount(current, account));
    if (before !== null && before !== account) await contacts.startOver(deviceId);
  }

  function forget(deviceId: DeviceId): void {
    pacing.forget(deviceId);
    health.forget(deviceId);
    contacts.forget(deviceId);
  }
}

const REFUSED_TO_KNOWN = {
  code: 'known_contact_refused',
  message: 'WhatsApp refused a message to somebody who is no stranger (463)',
};

/** Whatever is remembered of the device here may be out of date when it comes back. */
function mayHaveRunElsewhere(state: DeviceState): boolean {
  if (state.status === 'connecting') return state.attempt === 1;
  // Nobody could renew our leases.
  return state.status !== 'reconnecting' || state.cause.source === 'cluster';
}
