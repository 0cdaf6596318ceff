import type { DeliveryRepository, Settlement } from './delivery-repository.ts';

/** Stores how attempts ended: what ends while others are being stored goes together in the next transaction. */
export interface Settling {
  /** False when the attempt was not this process's any more. Rejects with what the database threw. */
  settle(settlement: Settlement): Promise<boolean>;
}

const LARGEST_GROUP = 50;

interface Waiting {
  readonly settlement: Settlement;
  readonly answer: PromiseWithResolvers<boolean>;
}

export function createSettling({ settle }: Pick<DeliveryRepository, 'settle'>): Settling {
  const waiting: Waiting[] = [];
  let storing = false;

  async function storeAll(): Promise<void> {
    storing = true;
    while (waiting.length > 0) await storeSome(waiting.splice(0, LARGEST_GROUP));
    storing = false;
  }

  async function storeSome(some: readonly Waiting[]): Promise<void> {
    try {
      const ours = await settle(some.map(({ settlement }) => settlement));
      for (const [index, { answer }] of some.entries()) answer.resolve(ours[index] ?? false);
    } catch (error) {
      for (const { answer } of some) answer.reject(error);
    }
  }

  return {
    settle(settlement) {
      const answer = Promise.withResolvers<boolean>();
      waiting.push({ settlement, answer });
      if (!storing) void storeAll();
      return answer.promise;
    },
  };
}
