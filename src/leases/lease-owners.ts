import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import { createOwnerRepository } from './lease-owner-repository.ts';

/** Which process owns a device, for those who want to reach it; may be some seconds old, so nothing safe hangs on it. */
export interface LeaseOwners {
  /** The node that owns the device and lives; null when none does. Throws what Database throws. */
  nodeOf(deviceId: DeviceId): Promise<string | null>;
  /** Whether a node that lives owns the device and stored that it is connected. Throws what Database throws. */
  isConnected(deviceId: DeviceId): Promise<boolean>;
  /** The nodes that live and may own devices. Throws what Database throws. */
  liveNodes(): Promise<string[]>;
}

interface OwnersDeps {
  readonly database: Database;
  readonly clock: Clock;
}

interface Known {
  readonly node: Promise<string | null>;
  readonly until: number;
}

/** How long an answer holds, in ms, and how many are kept. */
const HOLDS_MS = 2_000;
const MOST_KEPT = 10_000;

export function createLeaseOwners({ database, clock }: OwnersDeps): LeaseOwners {
  const repository = createOwnerRepository(database);
  const known = new Map<DeviceId, Known>();

  const ask = (deviceId: DeviceId): Promise<string | null> => {
    const node = repository.nodeOf(deviceId);
    node.catch(() => known.delete(deviceId));
    if (known.size >= MOST_KEPT) known.clear();
    known.set(deviceId, { node, until: clock.monotonic() + HOLDS_MS });
    return node;
  };

  return {
    isConnected: repository.isConnected,
    liveNodes: repository.liveNodes,
    nodeOf(deviceId) {
      const answer = known.get(deviceId);
      return answer && answer.until > clock.monotonic() ? answer.node : ask(deviceId);
    },
  };
}
