import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Contender } from '../outbox/contenders.ts';
import { ask, cpuMsOf, sampleOf } from '../support/messages.ts';

/** They take turns, so that what else the machine does meets all of them alike. */
const ROUNDS = 3;
const WARM_UP_EACH = 20;
const LOOK_EVERY_MS = 20;

export interface InboundFigures {
  readonly contender: string;
  readonly devices: number;
  readonly messages: number;
  /** Until the last one was confirmed and, with us, in history. */
  readonly messagesPerSecond: number;
  /** User and system time of the process that holds the sockets. */
  readonly cpuMsPerMessage: number;
  readonly heapBytes: number;
}

/** Somebody who receives, and who writes to whom. */
export interface Receiver extends Contender {
  readonly people: Readonly<Record<string, readonly string[]>>;
}

interface Race {
  readonly simulator: ChildProcess;
  readonly devices: number;
  /** Texts of each pair of a person and a device, in each round. */
  readonly each: number;
  /** A folder for a CPU profile of each while it counts. */
  readonly profile: string | undefined;
}

export async function measureInbound(receivers: readonly Receiver[], race: Race): Promise<InboundFigures[]> {
  const { simulator, each, devices, profile } = race;
  const taken = new Map(receivers.map((receiver) => [receiver, { seconds: 0, cpuMs: 0, messages: 0 }]));
  for (const receiver of receivers) await receive(receiver, { simulator, each: WARM_UP_EACH });
  if (profile !== undefined)
    for (const { child } of receivers) await ask(child, { kind: 'profile', file: null });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [receiver, sums] of taken) {
      const cpuBefore = await cpuMsOf(receiver.child);
      const { seconds, messages } = await receive(receiver, { simulator, each });
      sums.cpuMs += (await cpuMsOf(receiver.child)) - cpuBefore;
      sums.seconds += seconds;
      sums.messages += messages;
    }
  }
  const figures: InboundFigures[] = [];
  for (const [{ name, child }, { seconds, cpuMs, messages }] of taken) {
    if (profile !== undefined)
      await ask(child, { kind: 'profile', file: join(profile, `inbound-${name}-${devices}.cpuprofile`) });
    figures.push({
      contender: name,
      devices,
      messages,
      messagesPerSecond: messages / seconds,
      cpuMsPerMessage: cpuMs / messages,
      heapBytes: (await sampleOf(child)).heapBytes,
    });
  }
  return figures;
}

async function receive(
  { people, databaseUrl }: Receiver,
  { simulator, each }: Pick<Race, 'simulator' | 'each'>,
): Promise<{ seconds: number; messages: number }> {
  const messages = Object.values(people).flat().length * each;
  const before = databaseUrl === null ? 0 : await countKept(databaseUrl, 0);
  const begun = performance.now();
  await ask(simulator, { kind: 'write', people, each });
  if (databaseUrl !== null) await countKept(databaseUrl, before + messages);
  return { seconds: (performance.now() - begun) / 1_000, messages };
}

/** How many messages are in history, once there are as many as that. */
async function countKept(url: string, atLeast: number): Promise<number> {
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  try {
    for (;;) {
      const [row] = await database.query<{ total: number }>({
        text: "select count(*) as total from history_message where direction = 'in'",
        params: [],
      });
      const total = Number(row?.total ?? 0);
      if (total >= atLeast) return total;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } finally {
    await database.close();
  }
}

/** Rows for people; the JSON has everything. */
export function inboundRows(all: readonly InboundFigures[]): Record<string, string | number>[] {
  return all.map((figures) => {
    const bare = all.find(
      ({ contender, devices }) => contender === 'bare loop' && devices === figures.devices,
    );
    return {
      devices: figures.devices,
      '': figures.contender,
      messages: figures.messages,
      'messages/s': Math.round(figures.messagesPerSecond),
      'of bare': bare ? (figures.messagesPerSecond / bare.messagesPerSecond).toFixed(2) : '-',
      'CPU ms/message': figures.cpuMsPerMessage.toFixed(2),
      'bare CPU of it': bare ? (bare.cpuMsPerMessage / figures.cpuMsPerMessage).toFixed(2) : '-',
      'heap MiB': Math.round(figures.heapBytes / 1024 / 1024),
    };
  });
}
