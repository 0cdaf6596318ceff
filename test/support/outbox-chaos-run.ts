import { createSeededRandom } from '../fakes/seeded-random.ts';
import { type Chaos, type ChaosOptions, startChaos } from './outbox-chaos.ts';
import { jobsEnded, ledgersOf, startJobs } from './outbox-chaos-jobs.ts';
import { startJudge, type Verdict } from './outbox-chaos-judge.ts';
import { cause, planTroubles, type Trouble } from './outbox-chaos-troubles.ts';

export interface RunOptions extends Pick<ChaosOptions, 'storage' | 'devices' | 'recipients'> {
  readonly seed: number;
  /** In all, in one job for each device. */
  readonly items: number;
  readonly troubles: readonly Trouble[];
  /** The share of messages after which the connection is cut instead of acknowledged. */
  readonly cutBeforeAck: number;
  /** How long it may take from the last trouble until everything is sent, in ms. */
  readonly patienceMs: number;
}

export interface Figures {
  readonly seed: number;
  readonly storage: string;
  readonly items: number;
  readonly devices: number;
  readonly troubles: Readonly<Record<string, number>>;
  /** Connections that were cut instead of acknowledging a message. */
  readonly cuts: number;
  readonly submissions: number;
  readonly uniqueIds: number;
  readonly retryReceipts: number;
  /** From the first job until everything was read. */
  readonly seconds: number;
}

/** Sends everything while things go wrong by a plan that the seed decides. Prints the seed and the figures. */
export async function runThroughTroubles(
  options: RunOptions,
): Promise<{ verdict: Verdict; figures: Figures }> {
  console.info(`seed ${options.seed}: ${options.items} items on ${options.storage}`);
  const chaos = await startChaos(options);
  try {
    const began = performance.now();
    const verdict = await send(chaos, options);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const figures = figuresOf(options, { chaos, verdict, seconds });
    console.info(JSON.stringify(figures));
    return { verdict, figures };
  } finally {
    await chaos.close();
  }
}

async function send(chaos: Chaos, { seed, items, troubles, cutBeforeAck, patienceMs }: RunOptions) {
  const { simulator, devices, recipients } = chaos;
  const judge = startJudge(simulator, {
    senders: devices.map(({ phoneNumber }) => phoneNumber),
    recipients,
  });
  if (cutBeforeAck > 0) simulator.faults.add({ kind: 'cut-before-ack', probability: cutBeforeAck });
  const jobs = await startJobs(chaos, items / devices.length);
  const random = createSeededRandom(seed);
  for (const { at, trouble } of planTroubles(troubles, { items, random })) {
    await within(judge.reached(at), patienceMs);
    await cause(trouble, chaos);
  }
  const ids = (await ledgersOf(chaos, jobs)).map(({ messageId }) => messageId);
  await judge.allArrived(ids, patienceMs);
  await jobsEnded(chaos, jobs, 30_000);
  return judge.judge(await ledgersOf(chaos, jobs));
}

function figuresOf(
  { seed, storage, items, devices, troubles }: RunOptions,
  { chaos, verdict, seconds }: { chaos: Chaos; verdict: Verdict; seconds: number },
): Figures {
  const faults = chaos.simulator.history.of('fault');
  const { submissions, uniqueIds, retryReceipts } = verdict;
  return {
    seed,
    storage,
    items,
    devices,
    troubles: Object.fromEntries(
      [...Map.groupBy(troubles, (each) => each)].map(([name, all]) => [name, all.length]),
    ),
    cuts: faults.filter(({ action }) => action === 'cut-before-ack').length,
    submissions,
    uniqueIds,
    retryReceipts,
    seconds,
  };
}

/** Goes on after a while, too: the verdict says what did not happen. */
async function within(event: Promise<void>, ms: number): Promise<void> {
  await Promise.race([
    event,
    new Promise((resolve) => AbortSignal.timeout(ms).addEventListener('abort', resolve)),
  ]);
}
