import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import { deviceJid } from './directory.ts';
import { answerAppState } from './iq-app-state.ts';
import { answerDevices } from './iq-devices.ts';
import { answerEncrypt } from './iq-encrypt.ts';
import { answerGroups } from './iq-groups.ts';
import type { IqHandler, IqOutcome } from './iq-outcome.ts';
import { answerPassive } from './iq-passive.ts';
import { answerPicture } from './iq-picture.ts';
import { answerBlocklist, answerDisappearingMode, answerPrivacy, answerStatus } from './iq-profile.ts';
import { answerMediaConnection, answerMex, answerProps, answerVoid } from './iq-service.ts';
import { answerUsync } from './iq-usync.ts';
import { childrenOf, errorOf } from './stanza.ts';

/** Everything clients ask. */
const HANDLERS: Readonly<Record<string, IqHandler>> = {
  abt: answerProps,
  blocklist: answerBlocklist,
  disappearing_mode: answerDisappearingMode,
  encrypt: answerEncrypt,
  md: answerDevices,
  passive: answerPassive,
  privacy: answerPrivacy,
  status: answerStatus,
  tos: answerVoid,
  'urn:xmpp:ping': answerVoid,
  'urn:xmpp:whatsapp:dirty': answerVoid,
  'urn:xmpp:whatsapp:push': answerVoid,
  usync: answerUsync,
  'w:biz': answerVoid,
  'w:g2': answerGroups,
  'w:m': answerMediaConnection,
  'w:mex': answerMex,
  'w:p': answerVoid,
  'w:profile:picture': answerPicture,
  'w:stats': answerVoid,
  'w:sync:app:state': answerAppState,
};

/** Answers one iq. What nobody here knows gets error 501 and a place in the history. */
export function answerIq(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome {
  const { xmlns = '' } = iq.attrs;
  const handler = Object.hasOwn(HANDLERS, xmlns) ? HANDLERS[xmlns] : undefined;
  const outcome = handler?.(context, origin, iq) ?? null;
  const content = childrenOf(iq)[0]?.tag ?? '';
  const kind = outcome ? 'iq' : 'unknown-iq';
  context.history.append({ kind, device: deviceJid(origin), namespace: xmlns, content });
  return outcome ?? { answer: errorOf(iq, 501, 'feature-not-implemented') };
}
