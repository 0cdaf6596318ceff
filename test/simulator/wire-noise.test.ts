import { proto } from '@whiskeysockets/baileys';
import type { ILogger } from '@whiskeysockets/baileys/lib/Utils/logger.js';
import { makeNoiseHandler } from '@whiskeysockets/baileys/lib/Utils/noise-handler.js';
import type { BinaryNode } from '@whiskeysockets/baileys/lib/WABinary/types.js';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createCertificateAuthority } from '../../src/simulator/wire/certificate.ts';
import { decodeNode, encodeNode } from '../../src/simulator/wire/codec.ts';
import { generateKeyPair, type KeyPair } from '../../src/simulator/wire/curve.ts';
import { createFrameReader, encodeFrame, NOISE_HEADER } from '../../src/simulator/wire/framing.ts';
import { createNoiseResponder, type NoiseSession } from '../../src/simulator/wire/noise.ts';
import { decodeProto, encodeProto } from '../../src/simulator/wire/proto.ts';
import { WireError } from '../../src/simulator/wire/wire-error.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const random = createSeededRandom(7);
const authority = createCertificateAuthority(
  { root: random.bytes(32), intermediate: random.bytes(32) },
  { clock: systemClock },
);
const serverStatic = generateKeyPair(random);
const certificateChain = authority.issueChain(serverStatic.publicKey);

const silence = () => undefined;
const quiet: ILogger = {
  level: 'silent',
  child: () => quiet,
  trace: silence,
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
};

const responder = () =>
  createNoiseResponder({ serverStatic, certificateChain, header: NOISE_HEADER, random });

const forBaileys = ({ privateKey, publicKey }: KeyPair) => ({
  private: Buffer.from(privateKey),
  public: Buffer.from(publicKey),
});

interface BaileysClient {
  readonly noise: ReturnType<typeof makeNoiseHandler>;
  readonly reader: ReturnType<typeof createFrameReader>;
  readonly session: NoiseSession;
  readonly noiseKey: KeyPair;
}

/** Baileys' own client side against our responder, through our framing. */
async function connectBaileys(routingInfo?: Buffer): Promise<BaileysClient> {
  const ephemeral = generateKeyPair(random);
  const noiseKey = generateKeyPair(random);
  const noise = makeNoiseHandler({
    keyPair: forBaileys(ephemeral),
    NOISE_HEADER: Buffer.from(NOISE_HEADER),
    logger: quiet,
    ...(routingInfo ? { routingInfo } : {}),
  });
  const reader = createFrameReader();
  const server = responder();
  const say = (message: proto.IHandshakeMessage) =>
    reader.push(noise.encodeFrame(proto.HandshakeMessage.encode(message).finish()));

  const [clientHello = Buffer.alloc(0)] = say({ clientHello: { ephemeral: ephemeral.publicKey } });
  const { serverHello, established } = server.readClientHello(clientHello);
  expect(established).toBeNull();
  const answer = proto.HandshakeMessage.decode(serverHello);
  const encryptedStatic = noise.processHandshake(answer, forBaileys(noiseKey));
  const payload = noise.encrypt(Buffer.from('the client payload'));
  const [clientFinish = Buffer.alloc(0)] = say({ clientFinish: { static: encryptedStatic, payload } });
  const session = server.readClientFinish(clientFinish);
  await noise.finishInit();
  return { noise, reader, session, noiseKey };
}

describe('a fresh client (Baileys)', () => {
  it.each([
    ['without routing info', undefined],
    ['with routing info', Buffer.from('edge')],
  ])('connects %s', async (_, routingInfo) => {
    const { session, noiseKey, reader } = await connectBaileys(routingInfo);
    expect(session.clientStatic).toEqual(noiseKey.publicKey);
    expect(Buffer.from(session.clientPayload).toString()).toBe('the client payload');
    expect(reader.intro?.routingInfo).toEqual(routingInfo ?? null);
  });

  it('exchanges nodes in both directions, in order', async () => {
    const { noise, reader, session } = await connectBaileys();
    for (let count = 0; count < 300; count += 1) {
      const node = { tag: 'iq', attrs: { id: `${count}.x`, to: 's.whatsapp.net' } };
      const [frame = Buffer.alloc(0)] = reader.push(noise.encodeFrame(encodeNode(node)));
      expect(decodeNode(session.transport.decrypt(frame))).toEqual(node);

      const received: (Uint8Array | BinaryNode)[] = [];
      const sent = encodeFrame(session.transport.encrypt(encodeNode(node)));
      await noise.decodeFrame(Buffer.from(sent), (frameOrNode) => received.push(frameOrNode));
      expect(received).toMatchObject([node]);
    }
  });

  it('is refused a frame that was changed, repeated or sent out of order', async () => {
    const { noise, reader, session } = await connectBaileys();
    const next = () =>
      reader.push(noise.encodeFrame(encodeNode({ tag: 'iq', attrs: {} })))[0] ?? Buffer.alloc(0);
    const first = next();
    const changed = Buffer.from(first);
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(() => session.transport.decrypt(changed)).toThrow(WireError);
    expect(() => session.transport.decrypt(first)).toThrow(WireError);
  });
});

describe('messages that are no handshake', () => {
  const hello = (fields: { ephemeral?: Uint8Array; static?: Uint8Array; payload?: Uint8Array }) =>
    encodeProto('HandshakeMessage', { clientHello: fields });
  const { publicKey } = generateKeyPair(random);

  it.each([
    ['noise', random.bytes(80)],
    ['nothing', Buffer.alloc(0)],
    ['a hello without a key', hello({})],
    ['a hello with half a key', hello({ ephemeral: publicKey.subarray(16) })],
    ['a hello with a key of low order', hello({ ephemeral: Buffer.alloc(32) })],
    ['a finish before the hello', encodeProto('HandshakeMessage', { clientFinish: { static: publicKey } })],
  ])('are refused: %s', (_, bytes) => {
    expect(() => responder().readClientHello(bytes)).toThrow(WireError);
  });

  it('are refused: a finish nobody waits for, or one that does not authenticate', () => {
    const finish = encodeProto('HandshakeMessage', {
      clientFinish: { static: random.bytes(48), payload: random.bytes(60) },
    });
    expect(() => responder().readClientFinish(finish)).toThrow(WireError);
    const server = responder();
    server.readClientHello(hello({ ephemeral: publicKey }));
    expect(() => server.readClientFinish(finish)).toThrow(WireError);
    // A failed handshake is over; it cannot be tried again on the same transcript.
    expect(() => server.readClientFinish(finish)).toThrow(/expected now/);
  });

  it('an unreadable resumption is answered with the fallback, not refused', () => {
    const garbled = hello({ ephemeral: publicKey, static: random.bytes(48), payload: random.bytes(60) });
    const { serverHello, established } = responder().readClientHello(garbled);
    expect(established).toBeNull();
    expect(decodeProto('HandshakeMessage', serverHello).serverHello?.static).toHaveLength(48);
  });
});
