import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import type { Random } from '../../shared/random.ts';
import { bits, der, integer, octets, oid, sequence, set, time, truth, utf8 } from './der.ts';

/** What an HTTPS server on loopback needs, and the CA its clients have to trust. All PEM, nothing is ever stored. */
export interface LoopbackTls {
  readonly caPem: string;
  readonly keyPem: string;
  readonly certPem: string;
}

interface Party {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const OID = {
  COMMON_NAME: '2.5.4.3',
  ECDSA_WITH_SHA256: '1.2.840.10045.4.3.2',
  SUBJECT_KEY_ID: '2.5.29.14',
  KEY_USAGE: '2.5.29.15',
  SUBJECT_ALT_NAME: '2.5.29.17',
  BASIC_CONSTRAINTS: '2.5.29.19',
  AUTHORITY_KEY_ID: '2.5.29.35',
  EXTENDED_KEY_USAGE: '2.5.29.37',
  SERVER_AUTH: '1.3.6.1.5.5.7.3.1',
} as const;

const DAY_MS = 86_400_000;
const VALID_DAYS = 365;

/** A fresh CA and a certificate for localhost, 127.0.0.1 and ::1, valid from yesterday for a year. */
export function createLoopbackTls({ clock, random }: { clock: Clock; random: Random }): LoopbackTls {
  const authority = createParty('wafleet simulator CA');
  const server = createParty('localhost');
  const issue = (subject: Party, extensions: readonly Buffer[]) =>
    toPem(createCertificate({ issuer: authority, subject, extensions, now: clock.now(), random }));

  return {
    caPem: issue(authority, [
      extension(OID.BASIC_CONSTRAINTS, sequence(truth()), 'critical'),
      // keyCertSign and cRLSign.
      extension(OID.KEY_USAGE, bits(Buffer.from([0x06]), 1), 'critical'),
    ]),
    certPem: issue(server, [
      extension(OID.BASIC_CONSTRAINTS, sequence(), 'critical'),
      // digitalSignature.
      extension(OID.KEY_USAGE, bits(Buffer.from([0x80]), 7), 'critical'),
      extension(OID.EXTENDED_KEY_USAGE, sequence(oid(OID.SERVER_AUTH)), 'plain'),
      extension(OID.SUBJECT_ALT_NAME, loopbackNames(), 'plain'),
    ]),
    keyPem: server.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

function createParty(name: string): Party {
  return { name, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

/** An X.509 v3 certificate (RFC 5280, 4.1) signed by the issuer. */
function createCertificate(options: {
  issuer: Party;
  subject: Party;
  extensions: readonly Buffer[];
  now: Date;
  random: Random;
}): Buffer {
  const { issuer, subject, now } = options;
  const algorithm = sequence(oid(OID.ECDSA_WITH_SHA256));
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    // RFC 5280 wants a positive serial of at most 20 bytes.
    integer(Buffer.concat([Buffer.from([1]), options.random.bytes(15)])),
    algorithm,
    distinguishedName(issuer.name),
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + VALID_DAYS * DAY_MS))),
    distinguishedName(subject.name),
    publicKeyInfo(subject.publicKey),
    der(
      0xa3,
      sequence(
        extension(OID.SUBJECT_KEY_ID, octets(keyId(subject.publicKey)), 'plain'),
        extension(OID.AUTHORITY_KEY_ID, sequence(der(0x80, keyId(issuer.publicKey))), 'plain'),
        ...options.extensions,
      ),
    ),
  );
  return sequence(body, algorithm, bits(sign('sha256', body, issuer.privateKey)));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(oid(OID.COMMON_NAME), utf8(commonName))));
}

function extension(id: string, value: Buffer, importance: 'critical' | 'plain'): Buffer {
  const critical = importance === 'critical' ? [truth()] : [];
  return sequence(oid(id), ...critical, octets(value));
}

function loopbackNames(): Buffer {
  const ipv6 = Buffer.alloc(16);
  ipv6[15] = 1;
  return sequence(
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, ipv6),
  );
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

/** RFC 7093 (2, method 4): a hash of the whole public key info. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha256').update(publicKeyInfo(key)).digest().subarray(0, 20);
}

function toPem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
