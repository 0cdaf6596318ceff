import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { LiveEvent } from './live-event.ts';

/** What a watcher is told of a device event; null for news that other features turn into events themselves. */
export function liveEventOf(
  event: DeviceEvent,
  { id, clock }: { id: string; clock: Clock },
): LiveEvent | null {
  const at = clock.now();
  const head = { id, deviceId: event.deviceId, at };
  const secondsUntil = (end: Date) => Math.max(0, Math.ceil((end.getTime() - at.getTime()) / 1000));
  switch (event.type) {
    case 'state-changed': {
      // The codes travel in frames of their own, to those who may see them.
      const { qrCode: _qr, pairingCode: _code, ...view } = event.view;
      return { ...head, type: 'status', data: view };
    }
    case 'qr':
      return { ...head, type: 'qr', data: { qr: event.qr, expiresIn: secondsUntil(event.expiresAt) } };
    case 'pairing-code':
      return {
        ...head,
        type: 'pairing_code',
        data: { code: event.code, expiresIn: secondsUntil(event.expiresAt) },
      };
    case 'authenticated':
      return { ...head, type: 'authenticated', data: { jid: event.jid, lid: event.lid } };
    case 'removed':
      return { ...head, type: 'disconnected', data: { reason: 'removed' } };
    case 'message':
    case 'receipt':
    case 'ack':
    case 'nack':
    case 'caught-up':
    case 'history':
    case 'identities':
    case 'undecryptable':
    case 'reachout-lock':
    case 'message-cap':
      return null;
  }
}
