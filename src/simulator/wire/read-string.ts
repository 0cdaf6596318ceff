import type { ByteReader } from './byte-reader.ts';
import { packedBytes, unpack } from './packed.ts';
import { MAX_DEPTH, SERVER_OF_DOMAIN, TAG } from './tags.ts';
import { DOUBLE_BYTE_TOKENS, SINGLE_BYTE_TOKENS } from './tokens.ts';
import { WireError } from './wire-error.ts';

/**
 * Reads the text a tag byte introduces. `depth` counts JIDs within JIDs, which some clients produce for texts
 * with several at-signs.
 */
export function readString(reader: ByteReader, tag: number, depth = 0): string {
  if (depth > MAX_DEPTH) throw new WireError('A JID nests too deep');
  if (tag >= TAG.DICTIONARY_0 && tag <= TAG.DICTIONARY_3) {
    return known(DOUBLE_BYTE_TOKENS[tag - TAG.DICTIONARY_0]?.[reader.byte()]);
  }
  const length = binaryLength(reader, tag);
  if (length !== null) return reader.text(length);
  switch (tag) {
    case TAG.LIST_EMPTY:
      return '';
    case TAG.NIBBLE_8:
    case TAG.HEX_8:
      return readPacked(reader, tag);
    case TAG.JID_PAIR:
      return readJidPair(reader, depth + 1);
    case TAG.AD_JID:
      return readDeviceJid(reader, depth + 1);
    case TAG.FB_JID:
      return readFbJid(reader, depth + 1);
    case TAG.INTEROP_JID:
      return readInteropJid(reader, depth + 1);
    default:
      return known(SINGLE_BYTE_TOKENS[tag]);
  }
}

/** The length in bytes when the tag introduces raw bytes, else null. */
export function binaryLength(reader: ByteReader, tag: number): number | null {
  switch (tag) {
    case TAG.BINARY_8:
      return reader.byte();
    case TAG.BINARY_20:
      return reader.integer(3) & 0xfffff;
    case TAG.BINARY_32:
      return reader.integer(4);
    default:
      return null;
  }
}

function known(word: string | undefined): string {
  if (word === undefined) throw new WireError('The dictionaries do not hold this token');
  return word;
}

function readPacked(reader: ByteReader, tag: number): string {
  const header = reader.byte();
  return unpack({ tag, header, body: reader.bytes(packedBytes(header)) });
}

function readJidPair(reader: ByteReader, depth: number): string {
  const user = readString(reader, reader.byte(), depth);
  const server = readString(reader, reader.byte(), depth);
  if (server === '') throw new WireError('A JID has no server');
  return `${user}@${server}`;
}

function readDeviceJid(reader: ByteReader, depth: number): string {
  const server = SERVER_OF_DOMAIN.get(reader.byte());
  if (server === undefined) throw new WireError('A device JID has an unknown domain');
  const device = reader.byte();
  const user = readString(reader, reader.byte(), depth);
  return device === 0 ? `${user}@${server}` : `${user}:${device}@${server}`;
}

function readFbJid(reader: ByteReader, depth: number): string {
  const user = readString(reader, reader.byte(), depth);
  const device = reader.integer(2);
  const server = readString(reader, reader.byte(), depth);
  return `${user}:${device}@${server}`;
}

function readInteropJid(reader: ByteReader, depth: number): string {
  const user = readString(reader, reader.byte(), depth);
  const device = reader.integer(2);
  const integrator = reader.integer(2);
  const server = readString(reader, reader.byte(), depth);
  return `${integrator}-${user}:${device}@${server}`;
}
