import { WireError } from './wire-error.ts';

/** What a client sends before its first frame. */
export interface Intro {
  /** `WA`, protocol 6, dictionary version 3: also the prologue of the Noise handshake. */
  readonly header: Uint8Array;
  /** Where an earlier server wished the client to come back to; null when it sent none. */
  readonly routingInfo: Uint8Array | null;
}

/** Turns the bytes of one direction of a connection into frames, however the bytes were cut. */
export interface FrameReader {
  /** The frames these bytes complete, in order, without their lengths. Throws a WireError; then the reader is dead. */
  push(chunk: Uint8Array): Uint8Array[];
  /** Null until the intro has arrived completely. */
  readonly intro: Intro | null;
}

export const NOISE_HEADER: Uint8Array = Buffer.from([0x57, 0x41, 6, 3]);

/** The length field has 24 bits. */
export const MAX_FRAME_BYTES = 0xff_ffff;

const LENGTH_BYTES = 3;
const ROUTING_MARK = Buffer.from([0x45, 0x44, 0, 1]);
const MAX_ROUTING_BYTES = 1024;

/** Reads what a client sends: the intro once, then frames of at most `maxFrameBytes` (default: all 24 bits allow). */
export function createFrameReader(options: { maxFrameBytes?: number } = {}): FrameReader {
  const maxFrameBytes = options.maxFrameBytes ?? MAX_FRAME_BYTES;
  let pending = Buffer.alloc(0);
  let intro: Intro | null = null;

  function takeFrame(): Uint8Array | null {
    if (pending.length < LENGTH_BYTES) return null;
    const length = pending.readUIntBE(0, LENGTH_BYTES);
    if (length > maxFrameBytes) throw new WireError('The frame is longer than allowed');
    const end = LENGTH_BYTES + length;
    if (pending.length < end) return null;
    const frame = pending.subarray(LENGTH_BYTES, end);
    pending = pending.subarray(end);
    return frame;
  }

  return {
    get intro() {
      return intro;
    },
    push(chunk) {
      pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
      if (!intro) {
        const found = readIntro(pending);
        if (!found) return [];
        intro = found.intro;
        pending = pending.subarray(found.length);
      }
      const frames: Uint8Array[] = [];
      for (let frame = takeFrame(); frame; frame = takeFrame()) frames.push(frame);
      return frames;
    },
  };
}

/** A frame: 24 bits of length, then the payload. Throws a WireError when the payload does not fit. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  if (payload.length > MAX_FRAME_BYTES) throw new WireError('The payload does not fit into a frame');
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + payload.length);
  frame.writeUIntBE(payload.length, 0, LENGTH_BYTES);
  frame.set(payload, LENGTH_BYTES);
  return frame;
}

/** Null while more bytes are needed; throws as soon as the bytes cannot become an intro. */
function readIntro(bytes: Buffer): { intro: Intro; length: number } | null {
  if (startsLike(bytes, NOISE_HEADER)) {
    if (bytes.length < NOISE_HEADER.length) return null;
    return { intro: { header: NOISE_HEADER, routingInfo: null }, length: NOISE_HEADER.length };
  }
  if (!startsLike(bytes, ROUTING_MARK)) throw new WireError('The connection does not start with an intro');
  const routingStart = ROUTING_MARK.length + LENGTH_BYTES;
  if (bytes.length < routingStart) return null;
  const routingEnd = routingStart + bytes.readUIntBE(ROUTING_MARK.length, LENGTH_BYTES);
  if (routingEnd - routingStart > MAX_ROUTING_BYTES) throw new WireError('The routing info is too long');
  const rest = bytes.subarray(routingEnd);
  if (bytes.length >= routingEnd && !startsLike(rest, NOISE_HEADER)) {
    throw new WireError('No intro follows the routing info');
  }
  const length = routingEnd + NOISE_HEADER.length;
  if (bytes.length < length) return null;
  const routingInfo = Buffer.from(bytes.subarray(routingStart, routingEnd));
  return { intro: { header: NOISE_HEADER, routingInfo }, length };
}

/** True when the bytes equal the mark as far as both go. */
function startsLike(bytes: Buffer, mark: Uint8Array): boolean {
  const length = Math.min(bytes.length, mark.length);
  return bytes.subarray(0, length).equals(mark.subarray(0, length));
}
