import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { onTestFinished } from 'vitest';

/** A name server on loopback for one test. */
export interface DnsStub {
  /** For `Resolver.setServers`. */
  readonly server: string;
  /** The answers to the questions about `host`, one list for each pair of questions (A and AAAA); the last one stays. */
  answer(host: string, ...answers: (readonly string[])[]): void;
  /** Questions that came, such as `A shop.example`. */
  readonly asked: string[];
}

const TYPES = { A: 1, AAAA: 28 } as const;
type RecordType = keyof typeof TYPES;
const NO_SUCH_NAME = 3;
/** A response, recursion desired and available. */
const RESPONSE = 0x8180;

export async function startDnsStub(): Promise<DnsStub> {
  const answers = new Map<string, (readonly string[])[]>();
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { host, type, question } = readQuestion(query);
    const round = asked.filter((each) => each === `${type} ${host}`).length;
    asked.push(`${type} ${host}`);
    const rounds = answers.get(host) ?? [];
    const addresses = rounds[Math.min(round, rounds.length - 1)];
    socket.send(writeReply({ query, question, type, addresses }), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    answer: (host, ...lists) => void answers.set(host, lists),
  };
}

/** RFC 1035 §4.1.2: labels with their length before them, a zero, then type and class. */
function readQuestion(query: Buffer): { host: string; type: RecordType; question: Buffer } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1) === TYPES.AAAA ? 'AAAA' : 'A';
  return { host: labels.join('.'), type, question: query.subarray(12, at + 5) };
}

function writeReply(reply: {
  query: Buffer;
  question: Buffer;
  type: RecordType;
  addresses: readonly string[] | undefined;
}): Buffer {
  const { query, question, type, addresses } = reply;
  const family = type === 'A' ? 4 : 6;
  const records = (addresses ?? []).filter((address) => isIP(address) === family).map(recordOf);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(RESPONSE | (addresses ? 0 : NO_SUCH_NAME), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}

/** The name is that of the question (a pointer to byte 12); it may be kept for no time at all. */
function recordOf(address: string): Buffer {
  const bytes = ipaddr.parse(address).toByteArray();
  const type = bytes.length === 4 ? TYPES.A : TYPES.AAAA;
  return Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length, ...bytes]);
}
