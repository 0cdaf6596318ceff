import { PACKED_MAX_CHARS, TAG } from './tags.ts';
import { WireError } from './wire-error.ts';

interface Alphabet {
  readonly tag: number;
  /** The character of each value; the last value also fills an odd end. */
  readonly characters: string;
  readonly pattern: RegExp;
}

const NIBBLE: Alphabet = { tag: TAG.NIBBLE_8, characters: '0123456789-.', pattern: /^[0-9.-]+$/ };
const HEX: Alphabet = { tag: TAG.HEX_8, characters: '0123456789ABCDEF', pattern: /^[0-9A-F]+$/ };

const FILLER = 15;
const ODD_FLAG = 0x80;

/** Digits or upper-case hex digits, two to a byte; null when the text has other characters or is too long. */
export function pack(text: string): { tag: number; header: number; body: Uint8Array } | null {
  if (text.length > PACKED_MAX_CHARS) return null;
  const alphabet = [NIBBLE, HEX].find(({ pattern }) => pattern.test(text));
  if (!alphabet) return null;
  const { tag, characters } = alphabet;
  const body = new Uint8Array(Math.ceil(text.length / 2));
  for (let index = 0; index < body.length; index += 1) {
    const high = characters.indexOf(text.charAt(2 * index));
    const isLast = 2 * index + 1 === text.length;
    body[index] = (high << 4) | (isLast ? FILLER : characters.indexOf(text.charAt(2 * index + 1)));
  }
  return { tag, header: body.length | (text.length % 2 === 0 ? 0 : ODD_FLAG), body };
}

/** How many bytes follow the header byte of a packed text. */
export function packedBytes(header: number): number {
  return header & ~ODD_FLAG;
}

/** The inverse of `pack`; throws a WireError on a value outside the alphabet. */
export function unpack(packed: { tag: number; header: number; body: Uint8Array }): string {
  const { characters } = packed.tag === TAG.HEX_8 ? HEX : NIBBLE;
  const length = packed.body.length * 2 - ((packed.header & ODD_FLAG) === 0 ? 0 : 1);
  let text = '';
  for (let index = 0; index < length; index += 1) {
    const pair = packed.body[index >> 1] ?? 0;
    const character = characters[index % 2 === 0 ? pair >> 4 : pair & 0x0f];
    if (character === undefined) throw new WireError('A packed text holds an invalid character');
    text += character;
  }
  return text;
}
