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
  DATE_INVALID: { status: 400, retryable: false, message: 'This is not a date or a time' },
  DATE_RANGE_INVALID: { status: 400, retryable: false, message: 'The dates do not make a range' },
  CURSOR_INVALID: { status: 400, retryable: false, message: 'This is not a cursor of this list' },
  SEARCH_QUERY_INVALID: { status: 400, retryable: false, message: 'Nothing can be searched for with this' },
  MEDIA_EMPTY: { status: 400, retryable: false, message: 'The file has no bytes' },
  MEDIA_BASE64_INVALID: { status: 400, retryable: false, message: 'This is not base64, or not all of it' },
  UNAUTHORIZED: { status: 401, retryable: false, message: 'An API key is needed' },
  API_KEY_INVALID: { status: 401, retryable: false, message: 'The API key is unknown, revoked or expired' },
  LOGIN_FAILED: { status: 401, retryable: false, message: 'The e-mail address or the password is wrong' },
  SESSION_EXPIRED: { status: 401, retryable: false, message: 'The session has ended; sign in again' },
  CSRF_REFUSED: {
    status: 403,
    retryable: false,
    message: 'The request does not come from the pages of this server',
  },
  FORBIDDEN: { status: 403, retryable: false, message: 'The API key does not allow this' },
  KEY_NOT_BOUND: {
    status: 403,
    retryable: false,
    message: 'The API key must be bound to exactly one device',
  },
  ROUTE_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such route' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, message: 'The route does not take this method' },
  DEVICE_NOT_FOUND: { status: 404, retryable: false, message: 'No device has this id' },
  MESSAGE_NOT_FOUND: { status: 404, retryable: false, message: 'No message of this device has this id' },
  MEDIA_NOT_FOUND: { status: 404, retryable: false, message: 'The message has no file that can be had' },
  API_KEY_NOT_FOUND: { status: 404, retryable: false, message: 'No API key has this id' },
  USER_NOT_FOUND: { status: 404, retryable: false, message: 'No user has this id' },
  USER_EXISTS: { status: 409, retryable: false, message: 'A user with this e-mail address exists already' },
  LAST_ADMINISTRATOR: {
    status: 409,
    retryable: false,
    message: 'Nobody would be left who may administer this server',
  },
  ALERT_NOT_FOUND: { status: 404, retryable: false, message: 'No alert has this id' },
  JOB_NOT_FOUND: { status: 404, retryable: false, message: 'No job has this id' },
  SCHEDULE_NOT_FOUND: { status: 404, retryable: false, message: 'No schedule of this device has this id' },
  ALLOWED_NUMBER_NOT_FOUND: { status: 404, retryable: false, message: 'No allowed number has this id' },
  ALLOWED_NUMBER_EXISTS: { status: 409, retryable: false, message: 'This number has a record already' },
  CHATBOT_NOT_FOUND: { status: 404, retryable: false, message: 'No chatbot has this id or number' },
  RECIPIENT_NOT_FOUND: { status: 404, retryable: false, message: 'No recipient has this id' },
  RECIPIENT_LIST_NOT_FOUND: { status: 404, retryable: false, message: 'No recipient list has this id' },
  CHATBOT_EXISTS: { status: 409, retryable: false, message: 'This number has a chatbot already' },
  CHATBOT_NUMBER_MISMATCH: {
    status: 409,
    retryable: false,
    message: 'The device is paired with another number',
  },
  CHATBOT_NO_ENDPOINT: { status: 409, retryable: false, message: 'The chatbot has no endpoint yet' },
  RECIPIENT_EXISTS: { status: 409, retryable: false, message: 'A recipient with this number exists already' },
  RECIPIENT_LIST_EXISTS: {
    status: 409,
    retryable: false,
    message: 'A recipient list with this name exists already',
  },
  WEBHOOK_NOT_FOUND: { status: 404, retryable: false, message: 'No webhook has this id' },
  DELIVERY_NOT_FOUND: { status: 404, retryable: false, message: 'No delivery of a webhook has this id' },
  WEBHOOK_LIMIT: { status: 409, retryable: false, message: 'There are as many webhooks as a server takes' },
  WEBHOOK_DISABLED: { status: 409, retryable: false, message: 'The webhook is disabled' },
  GROUP_FORBIDDEN: {
    status: 409,
    retryable: false,
    message: 'The device is no member of the group, or no administrator of it',
  },
  GROUP_REFUSED: { status: 409, retryable: false, message: 'WhatsApp refused the change of the group' },
  MESSAGE_NOT_EDITABLE: { status: 409, retryable: false, message: 'The message cannot be edited' },
  MESSAGE_NOT_REVOCABLE: { status: 409, retryable: false, message: 'The message cannot be taken back' },
  GROUP_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such group' },
  SANDBOX_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'The simulator knows no such phone, message, group, device or fault',
  },
  DEVICE_EXISTS: { status: 409, retryable: false, message: 'A device with this id exists already' },
  DEVICE_NOT_CONNECTED: { status: 409, retryable: true, message: 'The device is not connected to WhatsApp' },
  DEVICE_ALREADY_PAIRED: {
    status: 409,
    retryable: false,
    message: 'The device is paired already; wipe it first',
  },
  DEVICE_RUNNING: { status: 409, retryable: false, message: 'The device must be stopped first' },
  SESSION_MISSING: { status: 409, retryable: false, message: 'The device has no session' },
  ACCOUNT_EXISTS: {
    status: 409,
    retryable: false,
    message: 'Another device of this server has this account',
  },
  DEFAULT_DEVICE_MISSING: {
    status: 409,
    retryable: false,
    message: 'The server names no device for callers who know of one only',
  },
  POOL_EMPTY: { status: 409, retryable: false, message: 'No device is in the pool' },
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
  SANDBOX_REFUSED: { status: 409, retryable: false, message: 'The simulated phone cannot do this now' },
  JOB_FINISHED: { status: 409, retryable: false, message: 'The job has ended already' },
  SCHEDULE_FINISHED: { status: 409, retryable: false, message: 'The schedule has ended already' },
  QR_NOT_AVAILABLE: { status: 409, retryable: true, message: 'The device has no QR code to show now' },
  SETUP_LINK_EXPIRED: { status: 410, retryable: false, message: 'The set-up link has been used or replaced' },
  OTP_EXPIRED: { status: 410, retryable: false, message: 'There is no code that can be used now' },
  INVITE_INVALID: { status: 410, retryable: false, message: 'The invite link leads nowhere' },
  PAIRING_EXPIRED: { status: 410, retryable: false, message: 'The QR code or pairing code has expired' },
  DELIVERY_EXPIRED: {
    status: 410,
    retryable: false,
    message: 'The event of the delivery is not kept any more',
  },
  MEDIA_EXPIRED: { status: 410, retryable: false, message: 'WhatsApp does not have the file any more' },
  BODY_TOO_LARGE: { status: 413, retryable: false, message: 'The body is larger than allowed' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, retryable: false, message: 'The content type is not supported' },
  MEDIA_FORMAT_UNSUPPORTED: {
    status: 415,
    retryable: false,
    message: 'Files of this kind are not sent this way',
  },
  MEDIA_TYPE_MISMATCH: { status: 415, retryable: false, message: 'The file is not what it is said to be' },
  MEDIA_UNREADABLE: { status: 422, retryable: false, message: 'The file is damaged' },
  MEDIA_TOO_MANY_PIXELS: { status: 422, retryable: false, message: 'The picture has too many pixels' },
  MEDIA_URL_FAILED: { status: 422, retryable: false, message: 'The file could not be fetched' },
  RANGE_NOT_SATISFIABLE: { status: 416, retryable: false, message: 'The file has no such part' },
  MEDIA_TOO_LARGE: {
    status: 422,
    retryable: false,
    message: 'The file is larger than this server fetches',
  },
  RECIPIENT_INVALID: {
    status: 422,
    retryable: false,
    message: 'The recipient is not a phone number or a JID',
  },
  MESSAGE_KIND_UNSUPPORTED: {
    status: 422,
    retryable: false,
    message: 'This cannot be done with a message of this kind',
  },
  BACKUP_INVALID: { status: 422, retryable: false, message: 'The file holds no session that can be read' },
  BACKUP_PASSPHRASE_WRONG: {
    status: 422,
    retryable: false,
    message: 'The passphrase does not open the backup',
  },
  URL_NOT_ALLOWED: { status: 422, retryable: false, message: 'This server does not connect to this address' },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    retryable: false,
    message: 'The idempotency key was used with another body',
  },
  OTP_WRONG: { status: 422, retryable: false, message: 'This is not the code' },
  SEND_REFUSED: { status: 422, retryable: false, message: 'WhatsApp refused the message' },
  UPGRADE_REQUIRED: { status: 426, retryable: false, message: 'This address is a WebSocket' },
  OTP_LIMITED: { status: 429, retryable: true, message: 'No more codes for now' },
  OTP_ATTEMPTS_EXHAUSTED: {
    status: 429,
    retryable: false,
    message: 'The code was guessed too often; only a new one helps',
  },
  RATE_LIMITED: { status: 429, retryable: true, message: 'Too many requests' },
  INTERNAL_ERROR: { status: 500, retryable: false, message: 'Something went wrong on the server' },
  MEDIA_CORRUPT: {
    status: 502,
    retryable: false,
    message: 'The file is not the one the message names',
  },
  OVERLOADED: { status: 503, retryable: true, message: 'The server is overloaded' },
  NOT_READY: { status: 503, retryable: true, message: 'The server is not ready yet' },
  DATABASE_UNAVAILABLE: { status: 503, retryable: true, message: 'The database is not available' },
  POOL_EXHAUSTED: { status: 503, retryable: true, message: 'No device of the pool can send now' },
  SANDBOX_UNAVAILABLE: { status: 503, retryable: true, message: 'The simulator does not answer' },
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
