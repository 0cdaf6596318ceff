import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childOf, node, resultOf } from './stanza.ts';

/** `w:g2`: there are no groups yet, so the question which groups one is in has an answer and nothing else has. */
export function answerGroups(_context: ServerContext, _origin: Origin, iq: WireNode): IqOutcome | null {
  return childOf(iq, 'participating') ? { answer: resultOf(iq, [node('groups', {}, [])]) } : null;
}
