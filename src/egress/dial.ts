import { once } from 'node:events';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../shared/clock.ts';
import { EgressError, type EgressFailure } from './egress-error.ts';
import type { VettedPlace } from './egress-vetting.ts';

/** Authorities trusted besides those of the machine; null: only those. PEM. */
export type ExtraAuthority = string | null;

interface DialRequest {
  readonly place: VettedPlace;
  readonly encryption: 'tls' | 'none';
  readonly ca: ExtraAuthority;
  /** For TCP and TLS together. */
  readonly connectMs: number;
  readonly clock: Clock;
}

/**
 * Connects to one of the vetted addresses; the name is used for SNI and the certificate, never looked up again. Throws
 * EgressError connection, tls or timeout.
 */
export async function dial({ place, encryption, ca, connectMs, clock }: DialRequest): Promise<Socket> {
  const patience = new AbortController();
  const timer = clock.after(connectMs, () => patience.abort(new EgressError('timeout')));
  try {
    const tcp = await openTcp(place, { connectMs, signal: patience.signal });
    if (encryption === 'none') return tcp;
    return await startTls(tcp, { host: place.host, ca, signal: patience.signal });
  } finally {
    timer.cancel();
  }
}

/** A slow path of one address must leave time for the next, but 250 ms (what Node gives) is less than a round trip to some. */
const SHORTEST_TRY_MS = 250;
const LONGEST_TRY_MS = 1_000;

async function openTcp(
  { host, port, addresses }: VettedPlace,
  { connectMs, signal }: { connectMs: number; signal: AbortSignal },
): Promise<Socket> {
  const fairShare = Math.floor(connectMs / addresses.length);
  const socket = connectTcp({
    host,
    port,
    lookup: answerWith(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.min(Math.max(fairShare, SHORTEST_TRY_MS), LONGEST_TRY_MS),
  });
  await ready(socket, { event: 'connect', signal });
  return socket.setNoDelay(true);
}

interface TlsRequest {
  /** The name (or address) the certificate must be for. */
  readonly host: string;
  readonly ca: ExtraAuthority;
  readonly signal: AbortSignal;
}

/** Encrypts an open connection. Throws EgressError connection or tls, and the reason of `signal`. */
export async function startTls(socket: Socket, { host, ca, signal }: TlsRequest): Promise<Socket> {
  const encrypted = connectTls({
    socket,
    host,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== null && { ca }),
  });
  await ready(encrypted, { event: 'secureConnect', signal });
  return encrypted;
}

async function ready(
  socket: Socket,
  { event, signal }: { event: 'connect' | 'secureConnect'; signal: AbortSignal },
): Promise<void> {
  try {
    await once(socket, event, { signal });
  } catch (cause) {
    socket.destroy();
    throw signal.aborted ? signal.reason : new EgressError(failureOf(event, cause), { cause });
  }
}

function failureOf(event: 'connect' | 'secureConnect', cause: unknown): EgressFailure {
  const isBroken = cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET';
  return event === 'secureConnect' && !isBroken ? 'tls' : 'connection';
}

/** A lookup that asks nobody. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, _options, callback) => callback(null, answers);
}
