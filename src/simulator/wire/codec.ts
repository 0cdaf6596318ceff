import { inflateSync } from 'node:zlib';
import type { WireNode } from '../node.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { type ByteWriter, createByteWriter } from './byte-writer.ts';
import { binaryLength, readString } from './read-string.ts';
import { MAX_DEPTH, TAG } from './tags.ts';
import { WireError } from './wire-error.ts';
import { writeBinaryHeader, writeString } from './write-string.ts';

const COMPRESSED_FLAG = 2;

/** A compressed node may grow to this many bytes: more than one frame can carry, so only a bomb meets it. */
const MAX_INFLATED_BYTES = 32 * 1024 * 1024;

const MAX_LIST_ITEMS = 0xffff;

/**
 * The bytes of a node, uncompressed, with the leading flag byte 0.
 * A text as content that no dictionary, packing or JID shortens is read back as bytes: the encoding cannot tell them apart.
 * Throws a WireError when a list is too long or nodes nest too deep.
 */
export function encodeNode(node: WireNode): Uint8Array {
  const writer = createByteWriter();
  writer.byte(0);
  writeNode(writer, node, 0);
  return writer.finish();
}

/**
 * The node of a decrypted frame, flag byte included (bit 2: the rest is deflated).
 * Throws a WireError on anything but exactly one well-formed node; never loops.
 */
export function decodeNode(bytes: Uint8Array): WireNode {
  const [flags] = bytes;
  if (flags === undefined) throw new WireError('The frame is empty');
  const body = bytes.subarray(1);
  const reader = createByteReader((flags & COMPRESSED_FLAG) === 0 ? body : inflate(body));
  const node = readNode(reader, 0);
  if (reader.remaining > 0) throw new WireError('Bytes follow the node');
  return node;
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (cause) {
    throw new WireError('The compressed node cannot be inflated', { cause });
  }
}

function writeNode(writer: ByteWriter, node: WireNode, depth: number): void {
  if (depth > MAX_DEPTH) throw new WireError('The node nests too deep');
  if (node.tag === '') throw new WireError('A node needs a tag');
  const attrs = Object.entries(node.attrs);
  const { content } = node;
  writeListHeader(writer, 1 + 2 * attrs.length + (content === undefined ? 0 : 1));
  writeString(writer, node.tag);
  for (const [name, value] of attrs) {
    writeString(writer, name);
    writeString(writer, value);
  }
  if (content === undefined) return;
  if (typeof content === 'string') {
    writeString(writer, content);
  } else if (content instanceof Uint8Array) {
    writeBinaryHeader(writer, content.length);
    writer.bytes(content);
  } else {
    writeListHeader(writer, content.length);
    for (const child of content) writeNode(writer, child, depth + 1);
  }
}

function writeListHeader(writer: ByteWriter, size: number): void {
  if (size > MAX_LIST_ITEMS) throw new WireError('A list has too many items');
  if (size === 0) {
    writer.byte(TAG.LIST_EMPTY);
  } else if (size < 256) {
    writer.byte(TAG.LIST_8);
    writer.byte(size);
  } else {
    writer.byte(TAG.LIST_16);
    writer.integer(size, 2);
  }
}

function readNode(reader: ByteReader, depth: number): WireNode {
  if (depth > MAX_DEPTH) throw new WireError('The node nests too deep');
  const size = listSize(reader, reader.byte());
  if (size === null || size === 0) throw new WireError('A node starts with the size of its list');
  const tag = readString(reader, reader.byte());
  if (tag === '') throw new WireError('A node needs a tag');
  const attrs: [string, string][] = [];
  for (let left = (size - 1) >> 1; left > 0; left -= 1) {
    const name = readString(reader, reader.byte());
    attrs.push([name, readString(reader, reader.byte())]);
  }
  // Object.fromEntries defines own properties, so an attribute called __proto__ stays an attribute.
  const node = { tag, attrs: Object.fromEntries(attrs) };
  return size % 2 === 0 ? { ...node, content: readContent(reader, depth) } : node;
}

function readContent(reader: ByteReader, depth: number): NonNullable<WireNode['content']> {
  const tag = reader.byte();
  const size = listSize(reader, tag);
  if (size !== null) {
    const children: WireNode[] = [];
    for (let left = size; left > 0; left -= 1) children.push(readNode(reader, depth + 1));
    return children;
  }
  const length = binaryLength(reader, tag);
  return length === null ? readString(reader, tag) : reader.bytes(length);
}

/** The number of items when the tag introduces a list, else null. */
function listSize(reader: ByteReader, tag: number): number | null {
  switch (tag) {
    case TAG.LIST_EMPTY:
      return 0;
    case TAG.LIST_8:
      return reader.byte();
    case TAG.LIST_16:
      return reader.integer(2);
    default:
      return null;
  }
}
