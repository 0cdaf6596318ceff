import type { Database } from '../database/database.ts';
import type { Clock, Timer } from '../shared/clock.ts';
import { AppError, FencedError } from '../shared/errors.ts';
import { createEventBus, type Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { DEFAULT_LEASE_TIMES, type LeaseTimes, lostDevices, untilFence } from './lease-policy.ts';
import { createLeaseRepository } from './lease-repository.ts';
import { createMembership } from './membership.ts';

export type LeaseClaim =
  | { readonly kind: 'claimed'; readonly epoch: number }
  | { readonly kind: 'owned-elsewhere'; readonly nodeId: string };

/**
 * One owner per device among all processes on the database (RELIABILITY.md §5.2). Safety is the epoch, which every write of
 * the owner carries; renewing and expiry only decide how soon somebody else takes over.
 */
export interface LeaseKeeper {
  /** Joins; leases of processes of this machine that are proven dead are free when it resolves. Throws what Database throws. */
  start(): Promise<void>;
  /** Takes the lease; held already, it answers the same epoch. Throws DATABASE_UNAVAILABLE. */
  claim(deviceId: DeviceId): Promise<LeaseClaim>;
  /** Gives the lease up. Idempotent. Throws what Database throws; then it lapses by itself once this process has ended. */
  release(deviceId: DeviceId): Promise<void>;
  /** The devices that are ours, with their epochs. */
  held(): ReadonlyMap<DeviceId, number>;
  /** The name of this process among the nodes; the same after a restart. Throws before `start`. */
  nodeId(): string;
  /** A lease is gone; `all` when this process could not renew in time. The listener must close the socket before it returns. */
  onLost(listener: (lost: DeviceId | 'all') => void): Unsubscribe;
  /** Devices that should run and that no living process holds, this one included. */
  claimable(): Promise<readonly DeviceId[]>;
  /** Releases everything and leaves. The operating-system lock goes even when the database does not answer. */
  stop(): Promise<void>;
}

interface LeaseKeeperOptions extends Partial<LeaseTimes> {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Shared by the processes of one machine; holds the locks that prove one of them dead. */
  readonly dataDir: string;
}

export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const { database, clock, log } = options;
  const times: LeaseTimes = { ...DEFAULT_LEASE_TIMES, ...options };
  const repository = createLeaseRepository(database, times);
  const membership = createMembership({ ...options, repository });
  const bus = createEventBus<DeviceId | 'all'>((error) => log.error({ error }, 'lease listener threw'));
  const held = new Map<DeviceId, number>();
  /** Claims under way: two for one device at once must not each move the epoch. */
  const claims = new Map<DeviceId, Promise<LeaseClaim>>();
  let renewing: Promise<void> | null = null;
  let renewals: Timer | null = null;
  let fence: Timer | null = null;
  /** Changes with every loss of everything, so that a claim under way does not outlive it. */
  let lapses = 0;

  const lose = (lost: DeviceId | 'all', cause: string): void => {
    if (lost === 'all') {
      lapses += 1;
      held.clear();
    } else held.delete(lost);
    log.warn({ lost, cause }, 'device lease lost');
    bus.publish(lost);
  };

  const armFence = (renewedAt: number): void => {
    fence?.cancel();
    fence = clock.after(untilFence(times, { renewedAt, now: clock.monotonic() }), () => {
      fence = null;
      lose('all', 'not renewed in time');
    });
  };

  /** Renews, or joins anew under a new boot id after a lapse. */
  const renew = async (): Promise<void> => {
    const startedAt = clock.monotonic();
    const me = membership.current();
    if (fence !== null && (await repository.renew(me))) {
      const stored = await repository.leasesOf(me);
      if (fence !== null) armFence(startedAt);
      for (const deviceId of lostDevices(held, stored)) lose(deviceId, 'taken over');
      return;
    }
    if (fence !== null) {
      fence.cancel();
      fence = null;
      lose('all', 'lapsed');
    }
    await membership.rejoin();
    if (renewals !== null) armFence(startedAt);
  };

  const renewOnce = (): Promise<void> => {
    renewing ??= renew().finally(() => {
      renewing = null;
    });
    return renewing;
  };

  const tick = (): void => {
    renewOnce().catch((error: unknown) => log.warn({ error }, 'leases could not be renewed'));
  };

  const takeLease = async (deviceId: DeviceId): Promise<boolean> => {
    if (await repository.take(deviceId, membership.current())) return true;
    if (await repository.ownerOf(deviceId)) return false;
    await repository.prepare(deviceId);
    return repository.take(deviceId, membership.current());
  };

  const claimOnce = async (deviceId: DeviceId): Promise<LeaseClaim> => {
    const epoch = held.get(deviceId);
    if (epoch !== undefined) return { kind: 'claimed', epoch };
    if (fence === null) await renewOnce();
    const lapsesBefore = lapses;
    try {
      await takeLease(deviceId);
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      throw new AppError('DATABASE_UNAVAILABLE', {}, { cause: error });
    }
    const owner = await repository.ownerOf(deviceId);
    if (owner?.bootId !== membership.current().bootId) {
      return { kind: 'owned-elsewhere', nodeId: owner?.nodeId ?? '' };
    }
    if (lapses !== lapsesBefore) throw new AppError('DATABASE_UNAVAILABLE');
    held.set(deviceId, owner.epoch);
    return { kind: 'claimed', epoch: owner.epoch };
  };

  return {
    async start() {
      const startedAt = clock.monotonic();
      await membership.join();
      renewals = clock.every(times.renewEveryMs, tick);
      armFence(startedAt);
      await membership.buryDeadSiblings();
    },
    claim(deviceId) {
      const known = claims.get(deviceId);
      const claim = known ?? claimOnce(deviceId).finally(() => claims.delete(deviceId));
      claims.set(deviceId, claim);
      return claim;
    },
    async release(deviceId) {
      if (held.delete(deviceId)) await repository.release(deviceId, membership.current());
    },
    held: () => held,
    nodeId: () => membership.current().nodeId,
    onLost: bus.subscribe,
    async claimable() {
      await membership.buryDeadSiblings();
      const wanted = await repository.wanted(membership.current());
      return wanted.filter((deviceId) => !held.has(deviceId));
    },
    async stop() {
      renewals?.cancel();
      renewals = null;
      fence?.cancel();
      fence = null;
      held.clear();
      await membership.leave();
    },
  };
}
