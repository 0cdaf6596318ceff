/** Just enough DER (ITU-T X.690) to write a certificate: every function returns one encoded value. */

const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  SEQUENCE: 0x30,
  SET: 0x31,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
} as const;

/** A value under any tag; lengths up to 65,535 bytes. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), body]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.SEQUENCE, ...parts);

export const set = (...parts: readonly Uint8Array[]): Buffer => der(TAG.SET, ...parts);

export const octets = (bytes: Uint8Array): Buffer => der(TAG.OCTET_STRING, bytes);

export const utf8 = (text: string): Buffer => der(TAG.UTF8_STRING, Buffer.from(text));

export const truth = (): Buffer => der(TAG.BOOLEAN, Buffer.from([0xff]));

/** A positive integer from big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const sign = (bytes[0] ?? 0) >= 0x80 ? [0] : [];
  return der(TAG.INTEGER, Buffer.from(sign), bytes);
}

/** A bit string; `unusedBits` counts those of the last byte that mean nothing. */
export function bits(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(TAG.BIT_STRING, Buffer.from([unusedBits]), bytes);
}

/** A time, to the second, in UTC; certificates write the years before 2050 with two digits (RFC 5280, 4.1.2.5). */
export function time(moment: Date): Buffer {
  const digits = moment.toISOString().replace(/\D/g, '').slice(0, 14);
  return moment.getUTCFullYear() < 2050
    ? der(TAG.UTC_TIME, Buffer.from(`${digits.slice(2)}Z`))
    : der(TAG.GENERALIZED_TIME, Buffer.from(`${digits}Z`));
}

/** An object identifier in dotted notation. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const encoded = [first * 40 + second, ...rest].flatMap(base128);
  return der(TAG.OBJECT_IDENTIFIER, Buffer.from(encoded));
}

/** Seven bits a byte, the highest first; all but the last carry the top bit. */
function base128(value: number): number[] {
  const low = value & 0x7f;
  const high = value >> 7;
  return high === 0 ? [low] : [...base128(high).map((byte) => byte | 0x80), low];
}
