import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childOf, resultOf } from './stanza.ts';

/** `passive`: the client says that it has its keys in order and wants to take part. */
export function answerPassive(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome {
  const answer = resultOf(iq);
  const { session } = origin;
  if (!session || !childOf(iq, 'active')) return { answer };
  const afterwards = () => {
    // Some clients never ask for the offline queue: for them this is the moment.
    context.delivery.catchUp(session);
    if (!session.record.greeted) greet(context, origin);
  };
  return { answer, afterwards };
}

/** A device that is active for the first time has its pre-keys on the server, so its phone can write to it. */
function greet({ directory, state, log }: ServerContext, { account, device }: Origin): void {
  state.commit({ kind: 'device-greeted', phoneNumber: account.phoneNumber, device });
  const phone = directory.phoneOf(account);
  phone?.companionOnline(device).catch((error) => {
    log.error({ err: error, device }, 'first sync of a simulated phone failed');
  });
}
