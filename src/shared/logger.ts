import { pino } from 'pino';

/** Logs are data: `log.info({ deviceId, cause }, 'device disconnected')`. Never a body, number, key, QR or code. */
export interface Logger {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

/** Fields that would carry a secret or a person's data if somebody logged them by mistake. */
const REDACTED = [
  'authorization',
  'cookie',
  'token',
  'apiKey',
  'password',
  'secret',
  'qr',
  'qrCode',
  'pairingCode',
  'creds',
  'keys',
  'mediaKey',
  'text',
  'message',
  'body',
  'phone',
  'phoneNumber',
  'to',
  'jid',
  'lid',
];

/** JSON lines on standard output (or `destination`), with the fields above blanked at the first two levels. */
export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Says nothing; for tests and for libraries that want a logger. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
