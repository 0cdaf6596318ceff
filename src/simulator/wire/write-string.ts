import type { ByteWriter } from './byte-writer.ts';
import { pack } from './packed.ts';
import { BYTES_OF_TOKEN, DOMAIN_OF_SERVER, TAG } from './tags.ts';

const DEVICE_JID = /^([^@:]*):(0|[1-9]\d{0,2})@([^@]+)$/;
const INTEROP_JID = /^(0|[1-9]\d{0,4})-([^@:]+):(0|[1-9]\d{0,4})@interop$/;
const FB_JID = /^([^@:]+):(0|[1-9]\d{0,4})@msgr$/;
const JID_PAIR = /^([^@]*)@([^@]+)$/;

const MAX_AD_DEVICE = 0xff;
const MAX_UINT16 = 0xffff;

/** Writes a text the shortest way: dictionary word, packed digits, JID, or plain UTF-8. Always decodes to the same text. */
export function writeString(writer: ByteWriter, text: string): void {
  const token = BYTES_OF_TOKEN.get(text);
  if (token) {
    for (const byte of token) writer.byte(byte);
    return;
  }
  const packed = pack(text);
  if (packed) {
    writer.byte(packed.tag);
    writer.byte(packed.header);
    writer.bytes(packed.body);
    return;
  }
  if (text.includes('@') && writeJid(writer, text)) return;
  const byteLength = Buffer.byteLength(text, 'utf8');
  writeBinaryHeader(writer, byteLength);
  writer.text(text, byteLength);
}

/** The tag and length of raw bytes or plain text. */
export function writeBinaryHeader(writer: ByteWriter, byteLength: number): void {
  if (byteLength < 1 << 8) {
    writer.byte(TAG.BINARY_8);
    writer.byte(byteLength);
  } else if (byteLength < 1 << 20) {
    writer.byte(TAG.BINARY_20);
    writer.integer(byteLength, 3);
  } else {
    writer.byte(TAG.BINARY_32);
    writer.integer(byteLength, 4);
  }
}

/** False when the text only looks like a JID and has to go as plain text. */
function writeJid(writer: ByteWriter, text: string): boolean {
  return (
    writeDeviceJid(writer, text) ||
    writeInteropJid(writer, text) ||
    writeFbJid(writer, text) ||
    writeJidPair(writer, text)
  );
}

function writeDeviceJid(writer: ByteWriter, text: string): boolean {
  const [, user = '', device = '', server = ''] = DEVICE_JID.exec(text) ?? [];
  const domain = DOMAIN_OF_SERVER.get(server);
  if (domain === undefined || Number(device) > MAX_AD_DEVICE) return false;
  writer.byte(TAG.AD_JID);
  writer.byte(domain);
  writer.byte(Number(device));
  writeUser(writer, user);
  return true;
}

function writeInteropJid(writer: ByteWriter, text: string): boolean {
  const [match, integrator, user = '', device] = INTEROP_JID.exec(text) ?? [];
  if (match === undefined || Number(integrator) > MAX_UINT16 || Number(device) > MAX_UINT16) return false;
  writer.byte(TAG.INTEROP_JID);
  writeUser(writer, user);
  writer.integer(Number(device), 2);
  writer.integer(Number(integrator), 2);
  writeString(writer, 'interop');
  return true;
}

function writeFbJid(writer: ByteWriter, text: string): boolean {
  const [match, user = '', device] = FB_JID.exec(text) ?? [];
  if (match === undefined || Number(device) > MAX_UINT16) return false;
  writer.byte(TAG.FB_JID);
  writeUser(writer, user);
  writer.integer(Number(device), 2);
  writeString(writer, 'msgr');
  return true;
}

function writeJidPair(writer: ByteWriter, text: string): boolean {
  const [match, user = '', server = ''] = JID_PAIR.exec(text) ?? [];
  if (match === undefined) return false;
  writer.byte(TAG.JID_PAIR);
  writeUser(writer, user);
  writeString(writer, server);
  return true;
}

function writeUser(writer: ByteWriter, user: string): void {
  if (user === '') writer.byte(TAG.LIST_EMPTY);
  else writeString(writer, user);
}
