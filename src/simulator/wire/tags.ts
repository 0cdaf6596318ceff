import { DOUBLE_BYTE_TOKENS, SINGLE_BYTE_TOKENS } from './tokens.ts';

/** The bytes that introduce a value in WhatsApp's binary node encoding (protocol facts). */
export const TAG = {
  LIST_EMPTY: 0,
  DICTIONARY_0: 236,
  DICTIONARY_3: 239,
  INTEROP_JID: 245,
  FB_JID: 246,
  AD_JID: 247,
  LIST_8: 248,
  LIST_16: 249,
  JID_PAIR: 250,
  HEX_8: 251,
  BINARY_8: 252,
  BINARY_20: 253,
  BINARY_32: 254,
  NIBBLE_8: 255,
} as const;

/** The longest string that may be packed two characters to a byte. */
export const PACKED_MAX_CHARS = 127;

/** Nodes nest this deep at most; real ones stay below ten. */
export const MAX_DEPTH = 64;

/** The domain byte of an AD-JID (a device's address). */
export const DOMAIN_OF_SERVER: ReadonlyMap<string, number> = new Map([
  ['s.whatsapp.net', 0],
  ['lid', 1],
  ['hosted', 128],
  ['hosted.lid', 129],
]);

export const SERVER_OF_DOMAIN: ReadonlyMap<number, string> = new Map(
  [...DOMAIN_OF_SERVER].map(([server, domain]) => [domain, server]),
);

/** What the encoder writes for a dictionary word: one byte, or dictionary and index. */
export const BYTES_OF_TOKEN: ReadonlyMap<string, readonly number[]> = new Map(tokens());

function* tokens(): Generator<[string, number[]]> {
  for (const [number, dictionary] of DOUBLE_BYTE_TOKENS.entries()) {
    for (const [index, word] of dictionary.entries()) yield [word, [TAG.DICTIONARY_0 + number, index]];
  }
  for (const [index, word] of SINGLE_BYTE_TOKENS.entries()) if (index > 0) yield [word, [index]];
}
