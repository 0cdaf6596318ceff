import { join } from 'node:path';
import { type LoadResult, percentiles } from '../support/load.ts';
import { ask, cpuMsOf, sampleOf } from '../support/messages.ts';
import type { Contender } from './contenders.ts';
import type { Figures } from './figures.ts';

/** Whom each device writes to; as many sessions. */
const RECIPIENTS_EACH = 5;
/** Before anything counts, so that what is compiled on the way is compiled. */
const WARM_UP_SECONDS = 3;
/** They take turns, so that what else the machine does meets all of them alike. */
const ROUNDS = 4;

export interface Race {
  readonly devices: number;
  readonly recipients: readonly string[];
  /** For each contender. */
  readonly seconds: number;
  /** A folder for a CPU profile of each while it counts. */
  readonly profile: string | undefined;
}

interface Turn extends LoadResult {
  readonly cpuMs: number;
}

/** Lets the contenders run in turns. */
export async function measureAll(contenders: readonly Contender[], race: Race): Promise<Figures[]> {
  const { devices, recipients, seconds, profile } = race;
  const load = { senders: devices, recipients, recipientsEach: RECIPIENTS_EACH };
  for (const { run } of contenders) {
    await run({ ...load, seconds: null });
    await run({ ...load, seconds: WARM_UP_SECONDS });
  }
  const turns = new Map(contenders.map((contender): [Contender, Turn[]] => [contender, []]));
  const heapBefore = new Map<Contender, number>();
  for (const contender of contenders) {
    heapBefore.set(contender, (await sampleOf(contender.child)).heapBytes);
    if (profile !== undefined) await ask(contender.child, { kind: 'profile', file: null });
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [{ child, run }, taken] of turns) {
      const cpuBefore = await cpuMsOf(child);
      const result = await run({ ...load, seconds: seconds / ROUNDS });
      taken.push({ ...result, cpuMs: (await cpuMsOf(child)) - cpuBefore });
    }
  }
  const figures: Figures[] = [];
  for (const [{ name, child }, taken] of turns) {
    if (profile !== undefined) {
      await ask(child, { kind: 'profile', file: join(profile, `${name}-${devices}.cpuprofile`) });
    }
    const { heapBytes } = await sampleOf(child);
    const heap = {
      heapBeforeBytes: [...heapBefore].find(([each]) => each.child === child)?.[1] ?? 0,
      heapAfterBytes: heapBytes,
    };
    figures.push({ contender: name, devices, ...sumOf(taken), ...heap });
  }
  return figures;
}

function sumOf(turns: readonly Turn[]) {
  const total = (of: (turn: Turn) => number) => turns.reduce((sum, turn) => sum + of(turn), 0);
  const durations = turns.flatMap(({ durationsMs }) => durationsMs);
  const seconds = total((turn) => turn.seconds);
  const sent = durations.length;
  return {
    sent,
    seconds,
    sendsPerSecond: sent / seconds,
    cpuMsPerSend: total(({ cpuMs }) => cpuMs) / sent,
    ...percentiles(durations),
  };
}
