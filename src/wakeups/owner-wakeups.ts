import type { Logger } from '../shared/logger.ts';
import type { Topic, Wakeups } from './wakeups.ts';

export interface OwnerWakeupsDeps {
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
  /** What belongs to one process at a time: its ids are handled there and nowhere else. */
  readonly topic: 'outbox';
  /** The process that owns this id now; null when none does. */
  nodeOf(id: string): Promise<string | null>;
  readonly log: Logger;
}

export interface OwnerWakeups extends Pick<Wakeups, 'ring' | 'handle'> {
  /** From here on what is rung for this process is handled. Once. */
  begin(nodeId: string): void;
}

/**
 * The same wake-ups, but a ring of `topic` goes to the process that owns the id, through a queue of that process: from
 * one queue for all, any process would take it. What nobody owns is not rung: its next owner reads the rows. A ring that
 * misses its owner, because the id just moved on, is made good by the sweep.
 */
export function ringOwners({ wakeups, topic, nodeOf, log }: OwnerWakeupsDeps): OwnerWakeups {
  const own = (nodeId: string): Topic => `${topic}@${nodeId}`;
  let node: string | null = null;
  let pending: Parameters<Wakeups['handle']> | null = null;

  const ringOwner = async (id: string, at?: Date): Promise<void> => {
    try {
      const owner = await nodeOf(id);
      if (owner !== null) await wakeups.ring(own(owner), id, at);
    } catch (error) {
      log.debug({ topic, id, err: error }, 'whom to ring is not known: the sweep rings');
    }
  };
  const handleOwn = () => {
    if (node === null || pending === null) return;
    const [, handler, options] = pending;
    wakeups.handle(own(node), handler, options);
  };

  return {
    ring: (about, id, at) => (about === topic ? ringOwner(id, at) : wakeups.ring(about, id, at)),
    handle(about, handler, options) {
      if (about !== topic) return wakeups.handle(about, handler, options);
      if (pending !== null) throw new Error(`the topic ${topic} has a handler already`);
      pending = [about, handler, options];
      handleOwn();
    },
    begin(nodeId) {
      node = nodeId;
      handleOwn();
    },
  };
}
