import type { Random } from '../../src/shared/random.ts';
import type { Chaos } from './outbox-chaos.ts';
import { pause } from './outbox-chaos.ts';

/** Something that goes wrong while messages are sent. */
export type Trouble =
  | 'SIGKILL'
  | 'SIGTERM'
  | 'SIGSTOP'
  | 'cut WhatsApp'
  | 'cut database'
  | 'stall WhatsApp'
  | 'flush Redis'
  | 'kill Redis'
  | 'kill MariaDB';

/** It strikes when so many different messages have come to WhatsApp. */
export interface PlannedTrouble {
  readonly at: number;
  readonly trouble: Trouble;
}

const FROZEN_MS = 3_000;
const STALLED_MS = 2_000;
const REDIS_AWAY_MS = 3_000;
const DATABASE_AWAY_MS = 3_000;

/** Spreads the troubles over `items` messages, at random places and in random order; the same chance makes the same plan. */
export function planTroubles(
  troubles: readonly Trouble[],
  { items, random }: { items: number; random: Random },
): PlannedTrouble[] {
  const order = troubles
    .map((trouble) => ({ trouble, rank: random.next() }))
    .sort((one, other) => one.rank - other.rank);
  const width = (items * 0.9) / troubles.length;
  return order.map(({ trouble }, index) => ({
    trouble,
    at: Math.floor(items * 0.03 + width * (index + random.next())),
  }));
}

/** Makes it happen; resolves when everything is there again. What comes back to work may still take its time. */
export async function cause(trouble: Trouble, chaos: Chaos): Promise<void> {
  const { host, wire } = chaos;
  switch (trouble) {
    case 'SIGKILL':
    case 'SIGTERM':
      await host.end(trouble);
      return host.start();
    case 'SIGSTOP':
      host.signal('SIGSTOP');
      await pause(FROZEN_MS);
      return host.signal('SIGCONT');
    case 'cut WhatsApp':
      wire.cut();
      return;
    case 'stall WhatsApp':
      wire.stall();
      await pause(STALLED_MS);
      return wire.flow();
    case 'cut database':
      chaos.databaseWire?.cut();
      return;
    case 'flush Redis':
      return chaos.redis?.flushAll();
    case 'kill Redis':
      await chaos.redis?.kill();
      await pause(REDIS_AWAY_MS);
      return chaos.redis?.restart();
    case 'kill MariaDB':
      await chaos.mariadb?.kill();
      await pause(DATABASE_AWAY_MS);
      return chaos.mariadb?.restart();
  }
}
