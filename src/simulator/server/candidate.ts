import type { KeyBundle, PendingCompanion } from '../core.ts';
import type { WireNode } from '../node.ts';
import type { Connection } from './connection.ts';

/** What a companion answers to the phone that typed its code. */
export interface LinkCodeStep {
  readonly wrappedKeyBundle: Uint8Array;
  readonly companionIdentityKey: Uint8Array;
}

/** A companion on the wire that waits to be linked. */
export interface Candidate {
  companion: PendingCompanion;
  readonly connection: Connection;
  readonly signedPreKey: KeyBundle['signedPreKey'];
  /** Whoever waits for the answer to an iq of ours, by id; null for the companion leaving first. */
  readonly answers: Map<string, (answer: WireNode | null) => void>;
  /** Whoever waits for `companion_finish`. */
  finish: ((step: LinkCodeStep | null) => void) | null;
}
