import { PhoneError } from './phone-error.ts';

/** What a companion's QR code says. Keys and the secret are 32 bytes each. */
export interface QrContent {
  readonly ref: string;
  readonly noiseKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly advSecret: Uint8Array;
}

/**
 * Reads `https://wa.me/settings/linked_devices#ref,noise,identity,adv,platform` and the bare list older
 * clients show. A ref may itself hold commas, so the fields are counted from the end.
 * Throws PhoneError `QR_MALFORMED`.
 */
export function parseQrText(text: string): QrContent {
  const list = text.trim().split('#').at(-1) ?? '';
  const fields = list.split(',');
  if (isPlatform(fields.at(-1))) fields.pop();
  const [noise, identity, adv] = fields.splice(-3).map(parseKey);
  const ref = fields.join(',');
  if (!noise || !identity || !adv || ref === '') {
    throw new PhoneError('QR_MALFORMED', 'This is not the text of a linking QR code');
  }
  return { ref, noiseKey: noise, identityKey: identity, advSecret: adv };
}

function isPlatform(field: string | undefined): boolean {
  return field !== undefined && /^\w{0,3}$/.test(field);
}

function parseKey(base64: string): Uint8Array | null {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.byteLength === 32 ? bytes : null;
}
