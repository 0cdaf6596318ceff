import { proto } from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import { decodeProto, encodeProto, type Proto, type ProtoName } from '../../src/simulator/wire/proto.ts';
import { HANDSHAKE_MESSAGES } from '../../src/simulator/wire/proto-handshake.ts';
import { MEDIA_MESSAGES } from '../../src/simulator/wire/proto-media.ts';
import { CHAT_MESSAGES } from '../../src/simulator/wire/proto-message.ts';
import type { MessageTable } from '../../src/simulator/wire/proto-schema.ts';
import { SYNC_MESSAGES } from '../../src/simulator/wire/proto-sync.ts';
import { WireError } from '../../src/simulator/wire/wire-error.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const TABLE: MessageTable = { ...HANDSHAKE_MESSAGES, ...CHAT_MESSAGES, ...MEDIA_MESSAGES, ...SYNC_MESSAGES };
const NAMES = Object.keys(TABLE) as ProtoName[];

/** Ours are flat, Baileys' are nested; where looking by name would find another type, the path to it. */
const BAILEYS_PATHS: Readonly<Record<string, string>> = {
  NoiseCertificateDetails: 'CertChain.NoiseCertificate.Details',
  SenderKeyDistributionMessage: 'Message.SenderKeyDistributionMessage',
  SenderKeyDistribution: 'SenderKeyDistributionMessage',
  HistoryParticipant: 'GroupParticipant',
  PollOption: 'Message.PollCreationMessage.Option',
};

interface BaileysType {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Record<string, unknown>;
}

function baileysType(name: string): BaileysType {
  const path = BAILEYS_PATHS[name]?.split('.');
  return (path ? path.reduce(member, proto) : firstNamed(name)) as BaileysType;
}

function member(space: object, name: string): object {
  const found = Object.entries(space).find(([key]) => key === name)?.[1];
  if (typeof found !== 'function') throw new Error(`Baileys has no ${name}`);
  return found;
}

/** The type nearest to the root of Baileys' namespaces. */
function firstNamed(name: string): object {
  const queue: object[] = [proto];
  for (let space = queue.shift(); space; space = queue.shift()) {
    if (Object.hasOwn(space, name)) return member(space, name);
    const types = Object.entries(space).filter(
      ([key, value]) => /^[A-Z]/.test(key) && typeof value === 'function',
    );
    queue.push(...types.map(([, value]) => value));
  }
  throw new Error(`Baileys has no ${name}`);
}

const random = createSeededRandom(8);
const below = (limit: number) => Math.floor(random.next() * limit);

const SCALARS: Readonly<Record<string, () => unknown>> = {
  bytes: () => random.bytes(below(20)),
  string: () => `text ü ${below(1000)}`,
  bool: () => random.next() < 0.5,
  double: () => random.next() * 360 - 180,
  // Enumerations are int32 here; 0 and 1 exist in nearly all of Baileys' and survive its reading.
  int32: () => below(2),
  uint32: () => below(2 ** 32),
  int64: () => below(2 ** 53),
  uint64: () => below(2 ** 53),
  sfixed32: () => below(2 ** 31),
};

/** A message with every field set, down to a depth that recursion cannot pass. */
function fullMessage(name: string, depth = 0): Record<string, unknown> {
  const fields = Object.entries(TABLE[name] ?? {}).flatMap(([field, spec]) => {
    const [, rule, type = ''] = /^(?:(repeated|packed) )?(\w+) \d+$/.exec(spec) ?? [];
    const scalar = SCALARS[type];
    if (!scalar && depth >= 3) return [];
    const single = scalar ?? (() => fullMessage(type, depth + 1));
    return [[field, rule === undefined ? single() : [single(), single()]]];
  });
  return Object.fromEntries(fields);
}

const READ = { longs: Number, enums: Number };

describe('against Baileys', () => {
  it.each(NAMES)('%s is written and read alike', (name) => {
    const message = fullMessage(name) as Proto<typeof name>;
    const theirs = baileysType(name);
    const bytes = encodeProto(name, message);
    expect(theirs.toObject(theirs.decode(bytes), READ)).toEqual(message);
    expect(Buffer.compare(bytes, theirs.encode(message).finish())).toBe(0);
    expect(decodeProto(name, bytes)).toEqual(message);
  });
});

it('leaves missing and undefined fields out', () => {
  expect(encodeProto('Message', {})).toHaveLength(0);
  expect(encodeProto('Message', { conversation: undefined })).toHaveLength(0);
  expect(decodeProto('Message', Buffer.alloc(0))).toEqual({});
});

it('keeps what is set to nothing', () => {
  const message = { syncType: 0, progress: 0, pushnames: [{ id: '', pushname: '' }] };
  expect(decodeProto('HistorySync', encodeProto('HistorySync', message))).toEqual(message);
});

it('drops what it does not know', () => {
  const bytes = proto.Message.encode({ conversation: 'x', chat: { displayName: 'y' } }).finish();
  expect(decodeProto('Message', bytes)).toEqual({ conversation: 'x' });
});

it('throws a WireError on malformed bytes, whatever they are', () => {
  expect(() => decodeProto('Message', Buffer.from([0x0a, 5, 1]))).toThrow(WireError);
  for (let round = 0; round < 3000; round += 1) {
    const name = NAMES[below(NAMES.length)];
    if (name === undefined) continue;
    try {
      decodeProto(name, random.bytes(below(60)));
    } catch (error) {
      expect(error).toBeInstanceOf(WireError);
    }
  }
});
