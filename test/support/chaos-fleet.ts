import { seedDataDir } from '../../bench/connect/seed.ts';
import { makeSessions, type StoredSession } from '../../bench/support/sessions.ts';
import type { TestSimulator } from './simulator.ts';

/**
 * Fills an empty data folder with devices that were linked long ago, and the simulator with their counterparts; resolves
 * with the ids of the devices.
 */
export async function seedFleet(
  { dataDir, simulator }: { dataDir: string; simulator: TestSimulator },
  count: number,
): Promise<string[]> {
  const sessions = makeSessions({ phonePrefix: '62812', count, preKeys: 5 });
  await seedDataDir(dataDir, sessions);
  for (const session of sessions) importSession(simulator, session);
  return sessions.map(({ phoneNumber }) => `bench-${phoneNumber}`);
}

function importSession(simulator: TestSimulator, session: StoredSession): void {
  const { phoneNumber, lid, device, creds, preKeys } = session;
  const { keyId, keyPair, signature } = creds.signedPreKey;
  simulator.importDevice({
    phoneNumber,
    lid,
    device,
    noiseKey: creds.noiseKey.public,
    identityKey: creds.signedIdentityKey.public,
    registrationId: creds.registrationId,
    signedPreKey: { id: keyId, publicKey: keyPair.public, signature },
    preKeys: preKeys.map(({ id, pair }) => ({ id, publicKey: pair.public })),
  });
}
