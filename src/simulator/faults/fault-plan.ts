import { createHash } from 'node:crypto';
import type { Fault, FaultKind, FaultMoment } from './fault.ts';

export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;

/** A fault that is armed. */
export interface ArmedFault {
  readonly id: string;
  readonly fault: Fault;
  /** Strikes so far. */
  readonly strikes: number;
}

/** The device a moment concerns; null before anybody is known. */
export interface FaultSubject {
  readonly phoneNumber: string;
  readonly device: number;
  /** The message it sends at this moment, if it is one. */
  readonly messageId?: string | undefined;
}

/** Which faults are armed, and whether one strikes now. */
export interface FaultPlan {
  /** Arms a fault and returns its id. */
  add(fault: Fault): string;
  /** False when the id is unknown or used up. */
  remove(id: string): boolean;
  clear(): void;
  list(): readonly ArmedFault[];
  /** The first armed fault of these kinds that strikes the subject now; a strike counts. */
  strike<Kind extends FaultKind>(
    kinds: readonly Kind[],
    subject: FaultSubject | null,
    at?: FaultMoment,
  ): FaultOf<Kind> | null;
}

interface Entry {
  readonly id: string;
  readonly fault: Fault;
  strikes: number;
}

/** An empty plan; the same seed makes the same chances. `onStrike` is told of every strike. */
export function createFaultPlan({
  seed,
  onStrike,
}: {
  seed: string;
  onStrike: (id: string, kind: FaultKind, subject: FaultSubject | null) => void;
}): FaultPlan {
  const entries = new Map<string, Entry>();
  const chance = seededChance(seed);
  let count = 0;

  const hits = (entry: Entry, subject: FaultSubject | null, at: FaultMoment | undefined) => {
    const { fault } = entry;
    if ('at' in fault && fault.at !== at) return false;
    if (!meets(fault, subject)) return false;
    return fault.probability === undefined || chance() < fault.probability;
  };
  return {
    add(fault) {
      count += 1;
      const id = `fault-${count}`;
      entries.set(id, { id, fault, strikes: 0 });
      return id;
    },
    remove: (id) => entries.delete(id),
    clear: () => entries.clear(),
    list: () => [...entries.values()].map((entry) => ({ ...entry })),
    strike(kinds, subject, at) {
      for (const entry of entries.values()) {
        const { fault } = entry;
        if (!isOneOf(fault, kinds) || !hits(entry, subject, at)) continue;
        entry.strikes += 1;
        if (fault.times !== undefined && entry.strikes >= fault.times) entries.delete(entry.id);
        onStrike(entry.id, fault.kind, subject);
        return fault;
      }
      return null;
    },
  };
}

function isOneOf<Kind extends FaultKind>(fault: Fault, kinds: readonly Kind[]): fault is FaultOf<Kind> {
  return kinds.some((kind) => kind === fault.kind);
}

function meets({ target }: Fault, subject: FaultSubject | null): boolean {
  if (!target || !subject) return true;
  if (target.phoneNumber !== undefined && target.phoneNumber !== subject.phoneNumber) return false;
  if (target.messageId !== undefined && target.messageId !== subject.messageId) return false;
  return target.device === undefined || target.device === subject.device;
}

/** Numbers in [0, 1) that depend on the seed alone. */
function seededChance(seed: string): () => number {
  let turn = 0;
  return () => {
    turn += 1;
    return createHash('sha256').update(`${seed}/${turn}`).digest().readUInt32BE() / 2 ** 32;
  };
}
