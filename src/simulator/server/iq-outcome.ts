import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';

/** What an iq leads to: an answer, and perhaps something to do once the answer has left. */
export interface IqOutcome {
  readonly answer: WireNode;
  readonly afterwards?: () => void;
}

/** Answers the iqs of one namespace. Null means: not of a kind this namespace knows here. */
export type IqHandler = (context: ServerContext, origin: Origin, iq: WireNode) => IqOutcome | null;
