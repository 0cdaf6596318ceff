import type { LinkOffer, PendingCompanion } from '../core.ts';
import type { WireNode } from '../node.ts';
import { verify } from '../wire/curve.ts';
import { decodeProto, type Proto } from '../wire/proto.ts';
import type { Candidate } from './candidate.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import type { ServerContext } from './context.ts';
import { deviceJid } from './directory.ts';
import { streamError } from './endings.ts';
import { answerLinkCode } from './link-code.ts';
import { announceDevices } from './presence.ts';
import { bytesOf, childOf, errorOf, node, resultOf, SERVER_JID, seconds } from './stanza.ts';

/** Companions that show a QR code or wait for a pairing code. */
export interface Registration {
  /** Greets a client that has no account yet; null when its payload lacks keys. */
  offer(
    connection: Connection,
    payload: Proto<'ClientPayload'>,
    noiseKey: Uint8Array,
  ): ConnectionListener | null;
  list(): readonly PendingCompanion[];
  /** Throws when the companion has left. */
  candidate(pendingId: string): Candidate;
  /** Links a companion; resolves with its device number. Rejects when it leaves or its signature is wrong. */
  complete(pendingId: string, offer: LinkOffer): Promise<number>;
}

const REFS = 6;
const REF_BYTES = 32;
/** What a companion's device signature covers starts with this. */
const DEVICE_SIGNATURE_PREFIX = Uint8Array.of(6, 1);

export function createRegistration(context: ServerContext): Registration {
  const candidates = new Map<string, Candidate>();

  const candidate = (pendingId: string) => {
    const found = candidates.get(pendingId);
    if (!found) throw new Error('The companion has left');
    return found;
  };
  const greet = (connection: Connection, keys: CompanionKeys): ConnectionListener => {
    const length = context.faults.strike(['qr-references'], null)?.count ?? REFS;
    const refs = Array.from({ length }, () => `2@${context.random.bytes(REF_BYTES).toString('base64url')}`);
    const { signedPreKey, ...identity } = keys;
    const companion = { id: connection.id, refs, linkCode: null, ...identity };
    const waiting: Candidate = { companion, connection, signedPreKey, answers: new Map(), finish: null };
    candidates.set(connection.id, waiting);
    context.history.append({ kind: 'pairing-offered', connection: connection.id });
    const refNodes = refs.map((ref) => node('ref', {}, Buffer.from(ref)));
    const attrs = { from: SERVER_JID, type: 'set', xmlns: 'md', id: context.nextId() };
    connection.send(node('iq', attrs, [node('pair-device', {}, refNodes)]));
    return {
      onStanza: (stanza) => hear(context, waiting, stanza),
      onClosed() {
        candidates.delete(connection.id);
        for (const settle of waiting.answers.values()) settle(null);
        waiting.finish?.(null);
      },
    };
  };

  return {
    offer(connection, payload, noiseKey) {
      const keys = keysOf(payload, noiseKey);
      return keys && greet(connection, keys);
    },
    list: () => [...candidates.values()].map(({ companion }) => companion),
    candidate,
    complete: (pendingId, offer) => link(context, candidate(pendingId), offer),
  };
}

interface CompanionKeys
  extends Pick<PendingCompanion, 'noiseKey' | 'identityKey' | 'registrationId' | 'pushName'> {
  readonly signedPreKey: Candidate['signedPreKey'];
}

function keysOf(
  { devicePairingData, pushName }: Proto<'ClientPayload'>,
  noiseKey: Uint8Array,
): CompanionKeys | null {
  const { eIdent, eRegid, eSkeyId, eSkeyVal, eSkeySig } = devicePairingData ?? {};
  if (eIdent?.length !== 32 || eSkeyVal?.length !== 32 || eSkeySig?.length !== 64) return null;
  if (eRegid?.length !== 4 || eSkeyId?.length !== 3) return null;
  const id = Buffer.from(eSkeyId).readUIntBE(0, 3);
  return {
    noiseKey,
    identityKey: eIdent,
    registrationId: Buffer.from(eRegid).readUInt32BE(),
    signedPreKey: { id, publicKey: eSkeyVal, signature: eSkeySig },
    pushName: pushName ?? null,
  };
}

/** Before it is linked a companion may answer our iqs, ask for a pairing code, and ping. */
function hear(context: ServerContext, waiting: Candidate, stanza: WireNode): void {
  const { id = '', type, xmlns } = stanza.attrs;
  if (stanza.tag !== 'iq') return;
  if (type === 'result' || type === 'error') {
    waiting.answers.get(id)?.(stanza);
    waiting.answers.delete(id);
    return;
  }
  const answer = xmlns === 'md' ? answerLinkCode(context, waiting, stanza) : null;
  const isPing = xmlns === 'w:p';
  waiting.connection.send(
    answer ?? (isPing ? resultOf(stanza) : errorOf(stanza, 501, 'feature-not-implemented')),
  );
}

async function link(context: ServerContext, waiting: Candidate, offer: LinkOffer): Promise<number> {
  const account = context.directory.find(offer.phoneNumber);
  if (!account) throw new Error('The phone has no account');
  const { companion, connection, signedPreKey } = waiting;
  if (Buffer.compare(companion.identityKey, offer.companionIdentityKey) !== 0) {
    throw new Error('The phone vouches for another companion');
  }
  const device = context.directory.reserveDevice(account);
  const answer = await ask(context, waiting, pairSuccess({ account, device }, offer));
  if (!isSigned(answer, companion, offer)) {
    connection.end('refused', streamError('401'));
    throw new Error('The device signature of the companion is wrong');
  }
  const { noiseKey, identityKey, registrationId } = companion;
  const { keyIndex } = offer;
  const keys = { keyIndex, noiseKey, identityKey, registrationId, signedPreKey };
  const linked = context.directory.addDevice(account, device, keys);
  context.history.append({ kind: 'device-linked', device: deviceJid(linked) });
  announceDevices(context, account, { change: 'add', device, keyIndex });
  connection.end('linked', streamError('515'));
  return device;
}

function pairSuccess(ref: Parameters<typeof deviceJid>[0], offer: LinkOffer): WireNode {
  return node('pair-success', {}, [
    node('device-identity', {}, offer.deviceIdentity),
    node('platform', { name: offer.platform }),
    node('device', { jid: deviceJid(ref), lid: deviceJid(ref, 'lid') }),
    ...(offer.businessName === null ? [] : [node('biz', { name: offer.businessName })]),
  ]);
}

/** Sends an iq to the companion; rejects when it leaves before it answers. */
function ask(
  context: ServerContext,
  { connection, answers }: Candidate,
  content: WireNode,
): Promise<WireNode> {
  const id = context.nextId();
  return new Promise((resolve, reject) => {
    answers.set(id, (answer) => {
      if (answer) resolve(answer);
      else reject(new Error('The companion left while it was being linked'));
    });
    const attrs = { from: SERVER_JID, type: 'set', id, t: seconds(context.clock) };
    connection.send(node('iq', attrs, [content]));
  });
}

/** The companion signs, with its identity key, that it belongs to the account key which vouched for it. */
function isSigned(answer: WireNode, companion: PendingCompanion, offer: LinkOffer): boolean {
  const signed = bytesOf(childOf(childOf(answer, 'pair-device-sign') ?? answer, 'device-identity'));
  if (!signed) return false;
  const { details, deviceSignature } = decodeProto('ADVSignedDeviceIdentity', signed);
  const accountKey = accountKeyOf(offer);
  if (!details || !deviceSignature || !accountKey || Buffer.compare(details, offer.advDetails) !== 0)
    return false;
  const message = Buffer.concat([DEVICE_SIGNATURE_PREFIX, details, companion.identityKey, accountKey]);
  return verify(companion.identityKey, message, deviceSignature);
}

function accountKeyOf({ deviceIdentity }: LinkOffer): Uint8Array | null {
  const { details } = decodeProto('ADVSignedDeviceIdentityHMAC', deviceIdentity);
  return (details && decodeProto('ADVSignedDeviceIdentity', details).accountSignatureKey) ?? null;
}
