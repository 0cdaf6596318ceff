import { describe, expect, it } from 'vitest';
import {
  createFrameReader,
  encodeFrame,
  MAX_FRAME_BYTES,
  NOISE_HEADER,
} from '../../src/simulator/wire/framing.ts';
import { WireError } from '../../src/simulator/wire/wire-error.ts';

const ROUTING = Buffer.from('somewhere');
const ROUTED_INTRO = Buffer.concat([
  Buffer.from([0x45, 0x44, 0, 1, 0, 0, ROUTING.length]),
  ROUTING,
  NOISE_HEADER,
]);
const PAYLOADS = [Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(70_000, 7)];
const FRAMES = Buffer.concat(PAYLOADS.map(encodeFrame));

describe('reading what a client sends', () => {
  it.each([
    ['without routing info', Buffer.from(NOISE_HEADER), null],
    ['with routing info', ROUTED_INTRO, ROUTING],
  ])('takes the intro %s and the frames, however they are cut', (_, intro, routingInfo) => {
    const bytes = Buffer.concat([intro, FRAMES]);
    for (const size of [1, 2, 3, 5, 1000, bytes.length]) {
      const reader = createFrameReader();
      const frames: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...reader.push(bytes.subarray(at, at + size)));
      expect(reader.intro).toEqual({ header: NOISE_HEADER, routingInfo });
      expect(frames).toEqual(PAYLOADS);
    }
  });

  it('knows no intro before it is complete', () => {
    const reader = createFrameReader();
    expect(reader.push(NOISE_HEADER.subarray(0, 3))).toEqual([]);
    expect(reader.intro).toBeNull();
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1')],
    ['another dictionary version', Buffer.from([0x57, 0x41, 6, 2])],
    ['endless routing info', Buffer.from([0x45, 0x44, 0, 1, 0xff, 0xff, 0xff])],
    ['routing info without an intro', Buffer.from([0x45, 0x44, 0, 1, 0, 0, 1, 9, 1])],
  ])('refuses %s at once', (_, bytes) => {
    expect(() => createFrameReader().push(bytes)).toThrow(WireError);
  });

  it('refuses a frame above the limit by its length alone', () => {
    const reader = createFrameReader({ maxFrameBytes: 1000 });
    reader.push(NOISE_HEADER);
    expect(reader.push(encodeFrame(Buffer.alloc(1000)))).toHaveLength(1);
    expect(() => reader.push(Buffer.from([0, 3, 0xe9]))).toThrow(WireError);
  });
});

it('does not write a frame its length cannot express', () => {
  expect(encodeFrame(Buffer.alloc(MAX_FRAME_BYTES))).toHaveLength(MAX_FRAME_BYTES + 3);
  expect(() => encodeFrame(Buffer.alloc(MAX_FRAME_BYTES + 1))).toThrow(WireError);
});
