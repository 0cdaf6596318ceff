import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { LeaseRepository, NodeIdentity } from './lease-repository.ts';
import { type Machine, readMachine } from './machine.ts';
import { NODE_SLOTS, type NodeLock, tryLockSlot } from './node-lock.ts';

/** This process among the nodes: its name, its operating-system lock, and what the locks say about its siblings. */
export interface Membership {
  /** Takes the first free slot and registers. Throws when all are taken. */
  join(): Promise<void>;
  /** Registers again under a new boot id: what the old one held is free. */
  rejoin(): Promise<void>;
  /** Who we are since the last join. */
  current(): NodeIdentity;
  /** Removes the nodes of this machine whose lock is free: their processes are dead. */
  buryDeadSiblings(): Promise<void>;
  /** Gives up everything; the lock goes in any case. */
  leave(): Promise<void>;
}

interface MembershipOptions {
  readonly repository: LeaseRepository;
  readonly ids: Ids;
  readonly log: Logger;
  readonly dataDir: string;
}

interface Joined {
  readonly machine: Machine;
  readonly lock: NodeLock;
  readonly identity: NodeIdentity;
}

export function createMembership({ repository, ids, log, dataDir }: MembershipOptions): Membership {
  let joined: Joined | null = null;

  const require = (): Joined => {
    if (!joined) throw new Error('the lease keeper is not started');
    return joined;
  };

  const register = async (machine: Machine, nodeId: string): Promise<NodeIdentity | null> => {
    const identity = { nodeId, bootId: ids.next() };
    return (await repository.register({ ...identity, machineId: machine.machineId })) ? identity : null;
  };

  const joinSlot = async (machine: Machine, slot: number): Promise<Joined | null> => {
    const lock = tryLockSlot(dataDir, slot);
    if (!lock) return null;
    try {
      const identity = await register(machine, machine.nodeIdOf(slot));
      if (identity) return { machine, lock, identity };
    } catch (error) {
      lock.release();
      throw error;
    }
    lock.release();
    return null;
  };

  return {
    async join() {
      const machine = readMachine({ dataDir, ids });
      for (let slot = 0; slot < NODE_SLOTS && !joined; slot += 1) joined = await joinSlot(machine, slot);
      if (!joined) throw new Error(`${NODE_SLOTS} processes use this data folder already`);
      log.info({ nodeId: joined.identity.nodeId, bootId: joined.identity.bootId }, 'node joined');
    },
    async rejoin() {
      const { machine, lock, identity: before } = require();
      const identity = await register(machine, before.nodeId);
      if (!identity) throw new Error('another machine took the name of this node');
      // Left meanwhile: the lock is gone, so the row we just made proves nothing and lapses by itself.
      if (joined?.lock !== lock) return;
      joined = { machine, lock, identity };
      log.warn({ nodeId: identity.nodeId, bootId: identity.bootId }, 'node joined again after a lapse');
    },
    current: () => require().identity,
    async buryDeadSiblings() {
      const { machine, identity } = require();
      const siblings = await repository.siblings({ nodeId: identity.nodeId, machineId: machine.machineId });
      for (const sibling of siblings) {
        const slot = machine.slotOf(sibling.nodeId);
        const lock = slot === null ? null : tryLockSlot(dataDir, slot);
        if (!lock) continue;
        try {
          await repository.bury(sibling);
          log.info({ nodeId: sibling.nodeId }, 'dead process found, its devices are free');
        } finally {
          lock.release();
        }
      }
    },
    async leave() {
      if (!joined) return;
      const { lock, identity } = joined;
      joined = null;
      try {
        await repository.leave(identity);
      } finally {
        lock.release();
      }
    },
  };
}
