import { readFileSync } from 'node:fs';
import { Agent as HttpsAgent } from 'node:https';
import { Agent, type Dispatcher, Dispatcher1Wrapper } from 'undici';
import type { BaileysLibrary } from './baileys-library.ts';
import type { MediaTransport } from './transport.ts';

/** What a sandbox process talks to instead of WhatsApp. */
export interface SandboxTrust {
  /** ws:// or wss:// URL of the server. */
  readonly endpoint: string;
  /** Hex of the 32-byte public key that signs the server's Noise certificates. */
  readonly rootKeyHex: string;
  /** https origin that gets all media traffic; null: media fails. */
  readonly mediaOrigin: string | null;
  /** PEM of the authority behind it. */
  readonly mediaCaFile: string | null;
}

/** The sandbox was asked for in a way that could point real traffic somewhere else. */
export class SandboxRefusedError extends Error {
  override readonly name = 'SandboxRefusedError';
}

/**
 * Refuses a sandbox that is not on this machine. TLS and the root key are all that proves WhatsApp's server to us, so
 * whoever replaces them may only do so towards loopback. Throws SandboxRefusedError.
 */
export function checkSandboxTrust({ endpoint, rootKeyHex, mediaOrigin }: SandboxTrust): void {
  if (!isLoopback(endpoint, ['ws:', 'wss:'])) {
    throw new SandboxRefusedError('WA_ENDPOINT must be a ws:// or wss:// URL on loopback');
  }
  if (!/^[0-9a-f]{64}$/i.test(rootKeyHex)) throw new SandboxRefusedError('WA_ROOT_KEY must be 64 hex digits');
  if (mediaOrigin !== null && !isLoopback(mediaOrigin, ['https:'])) {
    throw new SandboxRefusedError('WA_MEDIA_ORIGIN must be an https:// origin on loopback');
  }
}

/**
 * The only place that replaces WhatsApp's root of trust. It holds for the whole process, so sandbox and real devices never
 * share one. Throws SandboxRefusedError.
 */
export function trustSandbox(library: Pick<BaileysLibrary, 'WA_CERT_DETAILS'>, trust: SandboxTrust): void {
  checkSandboxTrust(trust);
  library.WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(trust.rootKeyHex, 'hex');
}

/**
 * The way to the sandbox: uploads and the WebSocket trust its authority, and every download goes to its media host whatever address a message
 * names, so nothing leaves the machine. Throws SandboxRefusedError, and what reading the PEM file throws.
 */
export function sandboxMedia(trust: SandboxTrust): MediaTransport {
  checkSandboxTrust(trust);
  const ca = trust.mediaCaFile === null ? undefined : readFileSync(trust.mediaCaFile, 'utf8');
  const connect = ca === undefined ? {} : { ca };
  const origin = trust.mediaOrigin === null ? NOWHERE : new URL(trust.mediaOrigin).origin;
  const dispatcher = new Agent({ connect }).compose(toOrigin(origin));
  // The fetch inside Node is one major version behind the undici of npm; the wrapper speaks its handler interface.
  const fetchOptions = { dispatcher: new Dispatcher1Wrapper(dispatcher) } as unknown as RequestInit;
  return { agent: new HttpsAgent(connect), fetchOptions };
}

/** Nobody listens on the discard port: without a media host a download fails at once, on this machine. */
const NOWHERE = 'https://127.0.0.1:9';

function toOrigin(origin: string): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch({ ...options, origin }, handler);
}

function isLoopback(text: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return protocols.includes(protocol) && isHere && username === '';
}
