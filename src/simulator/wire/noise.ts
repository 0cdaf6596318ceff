import type { Random } from '../../shared/random.ts';
import { generateKeyPair, type KeyPair, sharedSecret } from './curve.ts';
import { createNoiseState, type NoiseState, type NoiseTransport } from './noise-state.ts';
import { decodeProto, encodeProto, type Proto } from './proto.ts';
import { WireError } from './wire-error.ts';

export type { NoiseTransport } from './noise-state.ts';

/** What a finished handshake proves and leaves behind. */
export interface NoiseSession {
  /** The decrypted ClientPayload, still encoded. */
  readonly clientPayload: Uint8Array;
  /** The client's noise key, 32 bytes: it identifies the linked device. */
  readonly clientStatic: Uint8Array;
  readonly transport: NoiseTransport;
}

/** The server's side of one handshake. Bytes are frame contents; every method throws a WireError on a bad message. */
export interface NoiseResponder {
  /** `established` is set when the client resumed with our cached key: then no client finish follows. */
  readClientHello(bytes: Uint8Array): { serverHello: Uint8Array; established: NoiseSession | null };
  readClientFinish(bytes: Uint8Array): NoiseSession;
}

export interface NoiseResponderOptions {
  readonly serverStatic: KeyPair;
  /** An encoded CertChain whose leaf vouches for `serverStatic`. */
  readonly certificateChain: Uint8Array;
  /** The header of the client's intro: the prologue of the handshake. */
  readonly header: Uint8Array;
  readonly random: Random;
}

type ClientHello = Proto<'ClientHello'>;

const NOISE_XX = 'Noise_XX_25519_AESGCM_SHA256';
const NOISE_IK = 'Noise_IK_25519_AESGCM_SHA256';
const NOISE_XX_FALLBACK = 'Noise_XXfallback_25519_AESGCM_SHA256';

/**
 * Answers a client that opens with XX, or with IK when it kept our static key. An IK hello we cannot read (it was
 * made for another key) is answered with XXfallback, which goes on from the same ephemeral key.
 */
export function createNoiseResponder(options: NoiseResponderOptions): NoiseResponder {
  let awaitedFinish: { state: NoiseState; ephemeral: KeyPair } | null = null;

  return {
    readClientHello(bytes) {
      const hello = decodeProto('HandshakeMessage', bytes).clientHello;
      if (!hello) throw new WireError('The handshake does not start with a client hello');
      const resumed = readResumingHello(options, hello);
      if (resumed) return answerResumed(options, resumed);
      const pattern = hello.static ? NOISE_XX_FALLBACK : NOISE_XX;
      const answered = answerFresh(options, { pattern, clientEphemeral: required(hello.ephemeral) });
      awaitedFinish = answered;
      return { serverHello: answered.serverHello, established: null };
    },
    readClientFinish(bytes) {
      if (!awaitedFinish) throw new WireError('No client finish is expected now');
      const { state, ephemeral } = awaitedFinish;
      awaitedFinish = null;
      const finish = decodeProto('HandshakeMessage', bytes).clientFinish;
      const clientStatic = state.decrypt(required(finish?.static));
      state.mixKey(sharedSecret(ephemeral.privateKey, clientStatic));
      const clientPayload = state.decrypt(required(finish?.payload));
      return { clientPayload, clientStatic, transport: state.split('responder') };
    },
  };
}

interface ResumingHello {
  readonly state: NoiseState;
  readonly clientEphemeral: Uint8Array;
  readonly clientStatic: Uint8Array;
  readonly clientPayload: Uint8Array;
}

/** `-> e, es, s, ss` of IK. Null when the hello is not IK, or IK towards a key that is not ours. */
function readResumingHello(options: NoiseResponderOptions, hello: ClientHello): ResumingHello | null {
  if (!hello.static || !hello.payload) return null;
  const { serverStatic, header } = options;
  const clientEphemeral = required(hello.ephemeral);
  const state = createNoiseState(NOISE_IK, header);
  state.mixHash(serverStatic.publicKey);
  state.mixHash(clientEphemeral);
  state.mixKey(sharedSecret(serverStatic.privateKey, clientEphemeral));
  try {
    const clientStatic = state.decrypt(hello.static);
    state.mixKey(sharedSecret(serverStatic.privateKey, clientStatic));
    return { state, clientEphemeral, clientStatic, clientPayload: state.decrypt(hello.payload) };
  } catch (error) {
    // The answer to an unreadable resumption is the fallback handshake.
    if (error instanceof WireError) return null;
    throw error;
  }
}

/** `<- e, ee, se` of IK: a server hello without a static key tells the client that it was recognised. */
function answerResumed(options: NoiseResponderOptions, hello: ResumingHello) {
  const { state, clientEphemeral, clientStatic, clientPayload } = hello;
  const ephemeral = generateKeyPair(options.random);
  state.mixHash(ephemeral.publicKey);
  state.mixKey(sharedSecret(ephemeral.privateKey, clientEphemeral));
  state.mixKey(sharedSecret(ephemeral.privateKey, clientStatic));
  const payload = state.encrypt(options.certificateChain);
  const serverHello = encodeProto('HandshakeMessage', {
    serverHello: { ephemeral: ephemeral.publicKey, payload },
  });
  const established = { clientPayload, clientStatic, transport: state.split('responder') };
  return { serverHello, established };
}

/** `<- e, ee, s, es`, the same in XX and XXfallback. WhatsApp leaves XX's empty first payload out of the hash. */
function answerFresh(
  options: NoiseResponderOptions,
  { pattern, clientEphemeral }: { pattern: string; clientEphemeral: Uint8Array },
) {
  const { serverStatic, certificateChain, header, random } = options;
  const state = createNoiseState(pattern, header);
  const ephemeral = generateKeyPair(random);
  state.mixHash(clientEphemeral);
  state.mixHash(ephemeral.publicKey);
  state.mixKey(sharedSecret(ephemeral.privateKey, clientEphemeral));
  const encryptedStatic = state.encrypt(serverStatic.publicKey);
  state.mixKey(sharedSecret(serverStatic.privateKey, clientEphemeral));
  const payload = state.encrypt(certificateChain);
  const serverHello = encodeProto('HandshakeMessage', {
    serverHello: { ephemeral: ephemeral.publicKey, static: encryptedStatic, payload },
  });
  return { state, ephemeral, serverHello };
}

function required(field: Uint8Array | undefined): Uint8Array {
  if (!field) throw new WireError('A handshake message lacks a field');
  return field;
}
