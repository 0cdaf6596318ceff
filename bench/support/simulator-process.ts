/** The WhatsApp server of a bench, in a process of its own so that its work is not counted as anybody's. */
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { BenchMessage } from './messages.ts';
import { readSessions, type StoredSession } from './sessions.ts';

const devices: Pick<StoredSession, 'phoneNumber' | 'device'>[] = [];
let mark = 0;

const simulator = await startSimulator();
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

function drop(phonePrefix: string): number {
  const targets = devices.filter(({ phoneNumber }) => phoneNumber.startsWith(phonePrefix));
  return targets.filter((target) => simulator.endConnection(target, { kind: 'cut' })).length;
}

function say(message: BenchMessage): void {
  process.send?.(message);
}
