/** The WhatsApp server of a bench, in a process of its own so that its work is not counted as anybody's. */
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { openPhones } from '../../src/simulator/phone/phones.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { textOf } from '../outbox/bare-sends.ts';
import type { BenchMessage } from './messages.ts';
import { readSessions, type StoredSession } from './sessions.ts';

const devices: Pick<StoredSession, 'phoneNumber' | 'device'>[] = [];
let mark = 0;

const simulator = await startSimulator();
const phones = openPhones({
  core: simulator.core,
  stateDir: null,
  clock: systemClock,
  random: systemRandom,
  log: silentLogger,
});
process.on('message', (message: BenchMessage) => {
  answer(message).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.once('disconnect', () => process.exit(0));
say({ kind: 'ready', url: simulator.url, rootKeyHex: simulator.rootKeyHex });

async function answer(message: BenchMessage): Promise<void> {
  switch (message.kind) {
    case 'import':
      for (const session of readSessions(message.file)) importSession(session);
      return say(message);
    case 'mark':
      simulator.history.clear();
      mark = simulator.history.sequence;
      return say(message);
    case 'logins':
      await logins(message.phonePrefix, message.count);
      return say(message);
    case 'phones':
      for (const phoneNumber of message.phoneNumbers) phones.create({ phoneNumber });
      return say(message);
    case 'write':
      return say({ ...message, seconds: await write(message.people, message.each) });
    case 'drop':
      return say({ ...message, dropped: drop(message.phonePrefix) });
    default:
      throw new Error(`the simulator of the bench was asked ${message.kind}`);
  }
}

function importSession({ phoneNumber, lid, device, creds, preKeys }: StoredSession): void {
  const { signedPreKey } = creds;
  devices.push({ phoneNumber, device });
  simulator.importDevice({
    phoneNumber,
    lid,
    device,
    noiseKey: creds.noiseKey.public,
    identityKey: creds.signedIdentityKey.public,
    registrationId: creds.registrationId,
    signedPreKey: {
      id: signedPreKey.keyId,
      publicKey: signedPreKey.keyPair.public,
      signature: signedPreKey.signature,
    },
    preKeys: preKeys.map(({ id, pair }) => ({ id, publicKey: pair.public })),
  });
}

async function logins(phonePrefix: string, count: number): Promise<void> {
  const seen = new Set<string>();
  if (count === 0) return;
  await simulator.history.waitFor(
    (record) => {
      if (record.kind === 'login' && record.device.startsWith(phonePrefix)) seen.add(record.device);
      return seen.size >= count;
    },
    { after: mark },
  );
}

/** How long it took until the last text was confirmed. */
async function write(people: Readonly<Record<string, readonly string[]>>, each: number): Promise<number> {
  const begun = performance.now();
  const pairs = Object.entries(people).flatMap(([to, writers]) => writers.map((from) => ({ from, to })));
  let left = pairs.length * each;
  const confirmed = simulator.history.waitFor(
    (record) => {
      const isReceipt = record.kind === 'receipt' && record.type !== 'retry';
      if (isReceipt && people[record.from.replace(/[:@].*/, '')]) left -= record.ids.length;
      return left <= 0;
    },
    { after: simulator.history.sequence },
  );
  const writeAll = async ({ from, to }: { from: string; to: string }) => {
    for (let count = 0; count < each; count += 1) await phones.get(from).sendText(to, textOf(count));
  };
  await Promise.all([...pairs.map(writeAll), confirmed]);
  return (performance.now() - begun) / 1_000;
}

function drop(phonePrefix: string): number {
  const targets = devices.filter(({ phoneNumber }) => phoneNumber.startsWith(phonePrefix));
  return targets.filter((target) => simulator.endConnection(target, { kind: 'cut' })).length;
}

function say(message: BenchMessage): void {
  process.send?.(message);
}
