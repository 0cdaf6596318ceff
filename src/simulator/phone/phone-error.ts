/** Why a phone, or the control API, refused. The API answers each with its own status. */
export type PhoneErrorCode =
  | 'PHONE_NOT_FOUND'
  | 'PHONE_EXISTS'
  | 'RECIPIENT_UNKNOWN'
  | 'QR_MALFORMED'
  | 'QR_EXPIRED'
  | 'NO_COMPANION_WAITS'
  | 'CODE_REFUSED'
  | 'LINK_FAILED'
  | 'DEVICE_NOT_FOUND'
  | 'DEVICE_NOT_CONNECTED'
  | 'MESSAGE_NOT_FOUND'
  | 'FAULT_NOT_FOUND'
  | 'SEND_REFUSED'
  | 'GROUP_NOT_FOUND'
  | 'GROUP_REFUSED'
  | 'NOT_CHANGEABLE'
  | 'NO_MEDIA'
  | 'NO_POLL'
  | 'MEDIA_FAILED';

/** An expected failure of a simulated phone; `message` is for people. */
export class PhoneError extends Error {
  override readonly name = 'PhoneError';
  readonly code: PhoneErrorCode;

  constructor(code: PhoneErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
