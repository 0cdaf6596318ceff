import type { Clock } from '../shared/clock.ts';
import { assertNever } from '../shared/exhaustive.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { type Jid, phoneNumberOf, withoutDevice } from '../whatsapp/jid.ts';
import type { ReceivedMessage, WhatsAppSocket } from '../whatsapp/socket.ts';
import type { AttemptEvent } from './device-attempt.ts';
import type { DevicePairing } from './device-pairing.ts';
import type { ConnectionHooks, DeviceChange } from './device-ports.ts';
import type { StateEvent } from './device-state.ts';

export interface NewsDeps {
  readonly deviceId: DeviceId;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hooks: Pick<ConnectionHooks, 'device' | 'onChange' | 'onEvent'>;
  readonly pairing: DevicePairing;
  move(event: StateEvent, change?: DeviceChange): void;
  socket(): WhatsAppSocket | null;
}

/** What a socket tells, turned into changes of the device and events for whoever subscribed. */
export function createDeviceNews(deps: NewsDeps): (event: AttemptEvent) => void {
  const { deviceId, hooks, pairing, move } = deps;
  return (event) => {
    switch (event.type) {
      case 'qr':
        return pairing.onQr(event.qr, event.ttlMs);
      case 'paired':
        return onPaired(event, deps);
      case 'open':
        return onOpen(event, deps);
      case 'push-name':
        return hooks.onChange({ pushName: event.pushName });
      case 'sync-progress':
        return move({ type: 'sync', percent: event.percent });
      case 'message':
        hooks.onEvent({ ...event, deviceId });
        return markRead(event.message, deps);
      case 'ack':
      case 'caught-up':
      case 'history':
      case 'identities':
      case 'message-cap':
      case 'nack':
      case 'reachout-lock':
      case 'receipt':
      case 'undecryptable':
        return hooks.onEvent({ ...event, deviceId });
      default:
        return assertNever(event);
    }
  };
}

function onPaired({ jid, lid }: { jid: Jid; lid: Jid | null }, deps: NewsDeps): void {
  const { deviceId, hooks, log, pairing } = deps;
  const authMethod = pairing.succeeded();
  hooks.onChange({ ...accountOf(jid, lid), linkState: 'paired', authMethod });
  const account = { jid: withoutDevice(jid), lid: lid && withoutDevice(lid) };
  hooks.onEvent({ type: 'authenticated', deviceId, ...account });
  log.info({ deviceId, authMethod }, 'device paired');
}

function onOpen({ jid, lid, pushName }: Extract<AttemptEvent, { type: 'open' }>, deps: NewsDeps): void {
  const name = pushName === null ? {} : { pushName };
  const at = deps.clock.now();
  const change: DeviceChange = {
    ...accountOf(jid, lid),
    ...name,
    linkState: 'linked',
    lastActivityAt: at,
  };
  deps.move({ type: 'opened', jid, lid, at }, change);
  deps.log.info({ deviceId: deps.deviceId }, 'device connected');
}

function accountOf(jid: Jid, lid: Jid | null): DeviceChange {
  return { jid, lid, phoneNumber: phoneNumberOf(jid) };
}

function markRead(message: ReceivedMessage, { deviceId, hooks, log, socket }: NewsDeps): void {
  if (message.fromMe || !hooks.device().settings.autoRead) return;
  socket()
    ?.markRead([message])
    .catch((error: unknown) => log.debug({ deviceId, error }, 'message not marked as read'));
}
