import { deflateSync } from 'node:zlib';
import { decodeBinaryNode } from '@whiskeysockets/baileys/lib/WABinary/decode.js';
import { encodeBinaryNode } from '@whiskeysockets/baileys/lib/WABinary/encode.js';
import type { BinaryNode } from '@whiskeysockets/baileys/lib/WABinary/types.js';
import { describe, expect, it } from 'vitest';
import type { WireNode } from '../../src/simulator/node.ts';
import { decodeNode, encodeNode } from '../../src/simulator/wire/codec.ts';
import { DOUBLE_BYTE_TOKENS, SINGLE_BYTE_TOKENS } from '../../src/simulator/wire/tokens.ts';
import { WireError } from '../../src/simulator/wire/wire-error.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';
import { createNodeSource } from './wire-nodes.ts';

const corpus = (seed: number, size: number): WireNode[] => {
  const source = createNodeSource(createSeededRandom(seed));
  return Array.from({ length: size }, source.node);
};

/** Baileys' type wants mutable lists; it does not change them. */
const encodeByBaileys = (node: WireNode): Buffer => encodeBinaryNode(node as BinaryNode);

/** A text as content comes back as bytes when nothing shortened it; compare both as bytes. */
function plain(node: WireNode): unknown {
  const { tag, attrs, content } = node;
  if (content === undefined) return { tag, attrs };
  if (typeof content === 'string') return { tag, attrs, content: Buffer.from(content).toString('hex') };
  if (content instanceof Uint8Array) return { tag, attrs, content: Buffer.from(content).toString('hex') };
  return { tag, attrs, content: content.map(plain) };
}

describe('against Baileys, both ways', () => {
  it('writes the bytes Baileys writes, and both read them as the same node', async () => {
    for (const node of corpus(1, 600)) {
      const ours = encodeNode(node);
      expect(Buffer.compare(ours, encodeByBaileys(node))).toBe(0);
      expect(plain(decodeNode(ours))).toEqual(plain(node));
      expect(plain((await decodeBinaryNode(Buffer.from(ours))) as WireNode)).toEqual(plain(node));
    }
  });

  it('agrees on every token', async () => {
    for (const word of [...SINGLE_BYTE_TOKENS.slice(1), ...DOUBLE_BYTE_TOKENS.flat()]) {
      const node = { tag: word, attrs: { [word]: word } };
      expect(Buffer.compare(encodeNode(node), encodeByBaileys(node))).toBe(0);
      expect(decodeNode(encodeNode(node))).toEqual(node);
    }
  });

  it.each(['1-491700000001:3@interop', '100200300:70@msgr'])('writes %s as Baileys reads it', async (jid) => {
    const node = { tag: 'to', attrs: { jid } };
    expect(await decodeBinaryNode(Buffer.from(encodeNode(node)))).toMatchObject(node);
    expect(decodeNode(encodeNode(node))).toEqual(node);
  });

  it('reads compressed nodes as Baileys does', async () => {
    for (const node of corpus(2, 50)) {
      const compressed = Buffer.concat([Buffer.from([2]), deflateSync(encodeNode(node).subarray(1))]);
      expect(plain(decodeNode(compressed))).toEqual(plain(node));
      expect(plain((await decodeBinaryNode(compressed)) as WireNode)).toEqual(plain(node));
    }
  });
});

describe('texts that only look special', () => {
  // Baileys loses or changes some of these on its own way back, so it is no oracle here.
  it.each([
    ['a device number that does not fit', '123:300@lid'],
    ['a device with a leading zero', '123:01@lid'],
    ['a device on a server without devices', '123:4@g.us'],
    ['an agent', '123_1:4@s.whatsapp.net'],
    ['two at-signs', 'a@b@c'],
    ['no server', 'somebody@'],
    ['a name every object has', 'constructor'],
    ['a packed text of the longest size', '7'.repeat(127)],
    ['one character more', '7'.repeat(128)],
    ['lower-case hex', 'deadbeef'],
  ])('keeps %s', (_, text) => {
    const node = { tag: 'x', attrs: { value: text } };
    expect(decodeNode(encodeNode(node))).toEqual(node);
  });

  it('leaves device 0 out of an address', () => {
    const node = decodeNode(encodeNode({ tag: 'x', attrs: { to: '123:0@lid' } }));
    expect(node.attrs).toEqual({ to: '123@lid' });
  });

  it('keeps an attribute called __proto__ an attribute', () => {
    const attrs = Object.fromEntries([['__proto__', 'x']]);
    const node = decodeNode(encodeNode({ tag: 'x', attrs }));
    expect(Object.entries(node.attrs)).toEqual([['__proto__', 'x']]);
  });
});

/** What the decoder makes of these bytes: a node or a WireError; anything else escapes and fails the test. */
function outcome(bytes: Uint8Array): 'node' | 'refused' {
  try {
    decodeNode(bytes);
    return 'node';
  } catch (error) {
    if (error instanceof WireError) return 'refused';
    throw error;
  }
}

describe('bytes nobody meant', () => {
  it('refuses every truncation of a node', () => {
    for (const node of corpus(3, 60)) {
      const bytes = encodeNode(node);
      const step = Math.max(1, Math.floor(bytes.length / 200));
      for (let end = 0; end < bytes.length; end += step) {
        expect(outcome(bytes.subarray(0, end))).toBe('refused');
      }
    }
  });

  it('refuses bytes after the node', () => {
    const bytes = encodeNode({ tag: 'iq', attrs: {} });
    expect(outcome(Buffer.concat([bytes, Buffer.from([0])]))).toBe('refused');
  });

  it('survives noise and flipped bytes', () => {
    const random = createSeededRandom(4);
    for (let round = 0; round < 20_000; round += 1) {
      outcome(Buffer.concat([Buffer.from([0]), random.bytes(1 + Math.floor(random.next() * 60))]));
    }
    for (const node of corpus(5, 400)) {
      const bytes = Buffer.from(encodeNode(node));
      for (let flips = 0; flips < 10; flips += 1) {
        const at = Math.floor(random.next() * bytes.length);
        bytes[at] = Math.floor(random.next() * 256);
        outcome(bytes);
      }
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['only the flag', Buffer.from([0])],
    ['an empty list', Buffer.from([0, 0])],
    ['a list of 65,535 that is not there', Buffer.from([0, 249, 255, 255, 3])],
    ['bytes of 4 GiB that are not there', Buffer.from([0, 248, 2, 3, 254, 255, 255, 255, 255])],
    [
      'lists within lists',
      Buffer.from([0, ...Array.from({ length: 3000 }, () => [248, 2, 3, 248, 1]).flat()]),
    ],
    ['JIDs within JIDs', Buffer.from([0, 248, 1, ...Array.from({ length: 50_000 }, () => 250)])],
    ['what is not deflated', Buffer.from([2, 1, 2, 3])],
    ['a bomb', Buffer.concat([Buffer.from([2]), deflateSync(Buffer.alloc(64 * 1024 * 1024))])],
    ['a digit beyond the packed alphabet', Buffer.from([0, 248, 1, 255, 1, 0xcc])],
    ['an address of an unknown domain', Buffer.from([0, 248, 1, 247, 7, 1, 255, 1, 0x12])],
  ])('refuses %s', (_, bytes) => {
    expect(outcome(bytes)).toBe('refused');
  });

  it('refuses to write what it would not read', () => {
    const nested = Array.from({ length: 100 }).reduce<WireNode>(
      (inner) => ({ tag: 'x', attrs: {}, content: [inner] }),
      { tag: 'x', attrs: {} },
    );
    expect(() => encodeNode(nested)).toThrow(WireError);
    const many = Array.from({ length: 65_536 }, () => ({ tag: 'x', attrs: {} }));
    expect(() => encodeNode({ tag: 'x', attrs: {}, content: many })).toThrow(WireError);
    expect(() => encodeNode({ tag: '', attrs: {} })).toThrow(WireError);
  });
});
