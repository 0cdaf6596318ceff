import type { DisconnectCause, DisconnectSource } from '../whatsapp/disconnect.ts';
import type { DeviceCause } from './device.ts';

/** Every `cause.code` a device can show: what a disconnect means, and what we ourselves can run into. */
export type CauseCode =
  | DisconnectCause
  | 'failing'
  | 'deaf_socket'
  | 'auth_missing'
  | 'auth_corrupt'
  | 'auth_undecryptable'
  | 'store_unavailable'
  | 'proxy_unsupported'
  | 'stopped'
  | 'wiped'
  | 'shutdown';

/** What happened, and what a person should do (null: nothing), in one sentence each. */
const SENTENCES: Record<CauseCode, { reason: string; action: string | null }> = {
  restart_required: { reason: 'WhatsApp asked for a new connection', action: null },
  logged_out: {
    reason: 'The phone unlinked this device',
    action: 'Connect the device again and scan the new QR code',
  },
  logout_requested: {
    reason: 'The device was logged out on request',
    action: 'Connect the device to link a phone again',
  },
  temp_banned: {
    reason: 'WhatsApp suspended the account for a time',
    action: 'Wait until the suspension ends and send less to people who do not know this number',
  },
  account_locked: {
    reason: 'WhatsApp locked the account, or its phone changed',
    action: 'Open WhatsApp on the phone, solve what it asks, then link the device again',
  },
  banned: {
    reason: 'WhatsApp banned the account',
    action: 'Open WhatsApp on the phone and ask for a review',
  },
  egress_blocked: {
    reason: 'Something between this server and WhatsApp refused the connection',
    action: 'Check the proxy and the firewall of this device',
  },
  throttled: { reason: 'WhatsApp asked to connect more slowly', action: null },
  client_outdated: {
    reason: 'WhatsApp no longer accepts the version we present',
    action: 'Set WA_VERSION to a current version, or update this server',
  },
  connection_lost: { reason: 'The connection to WhatsApp was lost', action: null },
  server_error: { reason: 'WhatsApp reported an error of its own', action: null },
  qr_expired: {
    reason: 'Nobody scanned the QR code or entered the pairing code in time',
    action: 'Connect the device again when the phone is at hand',
  },
  pairing_failed: {
    reason: 'The phone could not finish linking this device',
    action: 'Scan the new QR code',
  },
  pairing_refused: {
    reason: 'WhatsApp closed every attempt to link a phone',
    action: 'Wait a while before linking again, or use another network',
  },
  link_refused: {
    reason: 'The account does not allow linked devices',
    action: 'Update WhatsApp on the phone and enable linked devices',
  },
  protocol_error: {
    reason: 'WhatsApp refused the connection and gave no usable reason',
    action: 'Look at the log of this device; connect again when the cause is removed',
  },
  tls_mitm_suspect: {
    reason: 'The server is not WhatsApp: its certificate does not verify',
    action: 'Check the proxy, the network and WA_ENDPOINT before connecting again',
  },
  conflict: {
    reason: 'Another program uses the session of this device',
    action: 'Stop the other program, or wipe this device and link it again',
  },
  owned_elsewhere: { reason: 'Another process of this installation owns the device', action: null },
  failing: { reason: 'The device failed to connect many times in a row', action: 'Look at the cause before' },
  deaf_socket: { reason: 'The connection was open but WhatsApp no longer answered', action: null },
  auth_missing: {
    reason: 'The device is linked but its stored session is gone',
    action: 'Restore the database, or wipe the device and link it again',
  },
  auth_corrupt: {
    reason: 'The stored session of the device is damaged; nothing was overwritten',
    action: 'Restore the database, or wipe the device and link it again',
  },
  auth_undecryptable: {
    reason: 'The stored session does not open with the configured key; nothing was overwritten',
    action: 'Configure the key that encrypted it, restore the database, or wipe the device and link it again',
  },
  store_unavailable: { reason: 'The database does not answer', action: null },
  proxy_unsupported: {
    reason: 'The proxy of the device cannot be used',
    action: 'Remove the proxy of the device, or set one that is supported',
  },
  stopped: { reason: 'The device was stopped on purpose', action: 'Connect the device to start it again' },
  wiped: {
    reason: 'The session of the device was erased',
    action: 'Connect the device to link a phone again',
  },
  shutdown: { reason: 'The server is shutting down', action: null },
};

/** The cause of a code, with its sentences; `retryAt` null when no attempt is planned. */
export function deviceCause(
  code: CauseCode,
  source: DeviceCause['source'],
  retryAt: Date | null = null,
): DeviceCause {
  const { reason, action } = SENTENCES[code];
  return { code, source, reason, retryAt, action };
}

/** The cause shown after too many failures in a row: says what the last one was. */
export function failingCause(last: CauseCode, source: DisconnectSource, retryAt: Date): DeviceCause {
  const { reason, action } = SENTENCES[last];
  return {
    code: 'failing',
    source,
    reason: `${SENTENCES.failing.reason}; the last time: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
    retryAt,
    action,
  };
}
