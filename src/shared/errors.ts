interface CatalogueEntry {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
}

/** Every failure a caller may meet. docs/errors.md lists the same codes; a test keeps the two equal. */
export const ERROR_CATALOGUE = {
  VALIDATION_FAILED: { status: 400, retryable: false, message: 'The request does not fit its schema' },
  MALFORMED_JSON: { status: 400, retryable: false, message: 'The body is not valid JSON' },
  SCHEDULE_TIME_PAST: { status: 400, retryable: false, message: 'The time of the schedule is past' },
  SCHEDULE_TIME_IMPOSSIBLE: {
    status: 400,
    retryable: false,
    message: 'The clocks of this time zone never show this time',
  },
  SCHEDULE_RECURRENCE_INVALID: {
    status: 400,
    retryable: false,
    message: 'The recurrence cannot be followed',
  },
  PHONE_NUMBER_INVALID: { status: 400, retryable: false, message: 'This is not a phone number' },
  URL_INVALID: { status: 400, retryable: false, message: 'This is not a URL that can be used' },
  UNAUTHORIZED: { status: 401, retryable: false, message: 'An API key is needed' },
  API_KEY_INVALID: { status: 401, retryable: false, message: 'The API key is unknown, revoked or expired' },
  FORBIDDEN: { status: 403, retryable: false, message: 'The API key does not allow this' },
  ROUTE_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such route' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, message: 'The route does not take this method' },
  DEVICE_NOT_FOUND: { status: 404, retryable: false, message: 'No device has this id' },
  MESSAGE_NOT_FOUND: { status: 404, retryable: false, message: 'No message of this device has this id' },
  API_KEY_NOT_FOUND: { status: 404, retryable: false, message: 'No API key has this id' },
  JOB_NOT_FOUND: { status: 404, retryable: false, message: 'No job has this id' },
  SCHEDULE_NOT_FOUND: { status: 404, retryable: false, message: 'No schedule of this device has this id' },
  DEVICE_EXISTS: { status: 409, retryable: false, message: 'A device with this id exists already' },
  DEVICE_NOT_CONNECTED: { status: 409, retryable: true, message: 'The device is not connected to WhatsApp' },
  DEVICE_ALREADY_PAIRED: {
    status: 409,
    retryable: false,
    message: 'The device is paired already; wipe it first',
  },
  DEVICE_BUSY: { status: 409, retryable: true, message: 'Another operation on the device is under way' },
  DEVICE_OWNED_ELSEWHERE: { status: 409, retryable: true, message: 'Another process owns the device' },
  SOCKETS_ELSEWHERE: {
    status: 409,
    retryable: false,
    message: 'This process opens no connections to WhatsApp',
  },
  DEVICE_AUTH_CORRUPT: {
    status: 409,
    retryable: false,
    message: 'The stored session of the device cannot be read',
  },
  JOB_FINISHED: { status: 409, retryable: false, message: 'The job has ended already' },
  SCHEDULE_FINISHED: { status: 409, retryable: false, message: 'The schedule has ended already' },
  QR_NOT_AVAILABLE: { status: 409, retryable: true, message: 'The device has no QR code to show now' },
  PAIRING_EXPIRED: { status: 410, retryable: false, message: 'The QR code or pairing code has expired' },
  BODY_TOO_LARGE: { status: 413, retryable: false, message: 'The body is larger than allowed' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, retryable: false, message: 'The content type is not supported' },
  RECIPIENT_INVALID: {
    status: 422,
    retryable: false,
    message: 'The recipient is not a phone number or a JID',
  },
  URL_NOT_ALLOWED: { status: 422, retryable: false, message: 'This server does not connect to this address' },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    retryable: false,
    message: 'The idempotency key was used with another body',
  },
  SEND_REFUSED: { status: 422, retryable: false, message: 'WhatsApp refused the message' },
  UPGRADE_REQUIRED: { status: 426, retryable: false, message: 'This address is a WebSocket' },
  RATE_LIMITED: { status: 429, retryable: true, message: 'Too many requests' },
  INTERNAL_ERROR: { status: 500, retryable: false, message: 'Something went wrong on the server' },
  MEDIA_NOT_AVAILABLE: {
    status: 501,
    retryable: false,
    message: 'This version does not send media yet',
  },
  OVERLOADED: { status: 503, retryable: true, message: 'The server is overloaded' },
  NOT_READY: { status: 503, retryable: true, message: 'The server is not ready yet' },
  DATABASE_UNAVAILABLE: { status: 503, retryable: true, message: 'The database is not available' },
  WHATSAPP_UNAVAILABLE: { status: 503, retryable: true, message: 'WhatsApp did not answer in time' },
  STORAGE_FULL: { status: 507, retryable: true, message: 'The disk is full' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** An expected failure. Anything that is not an AppError is a bug, and is reported as one. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    const { status, retryable, message } = ERROR_CATALOGUE[code];
    super(message, options);
    this.code = code;
    this.status = status;
    this.retryable = retryable;
    this.details = details;
  }
}

/** A write was refused because another process owns the device now (its lease epoch moved on). */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}
