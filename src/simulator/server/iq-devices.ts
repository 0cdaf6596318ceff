import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import { removeDevice } from './endings.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childOf, errorOf, resultOf } from './stanza.ts';

/** `md` of a linked device: it, or the phone, removes a device. Linking itself is in registration.ts. */
export function answerDevices(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome | null {
  const removal = childOf(iq, 'remove-companion-device');
  if (!removal) return null;
  const target = context.directory.resolve(removal.attrs.jid ?? '');
  const isAllowed =
    target?.account === origin.account && (origin.device === 0 || target.device === origin.device);
  if (!target || !isAllowed || target.device === 0) return { answer: errorOf(iq, 403, 'forbidden') };
  return { answer: resultOf(iq), afterwards: () => removeDevice(context, target) };
}
