import type { SimulatorCore } from '../core.ts';
import type { WireNode } from '../node.ts';
import type { ServerContext } from './context.ts';
import { accountJid, toSimAccount } from './directory.ts';
import { removeDevice } from './endings.ts';
import { findGroup } from './group-nodes.ts';
import { answerIq } from './iq.ts';
import { sendPrimaryHello } from './link-code.ts';
import { takePhoneMessage } from './message-intake.ts';
import { takeChatState, takePresence } from './presence.ts';
import { takeReceipt } from './receipts.ts';
import type { Registration } from './registration.ts';
import { node, seconds } from './stanza.ts';

/** The server as phones and the control API use it. */
export function createServerCore(context: ServerContext, registration: Registration): SimulatorCore {
  const { directory, sessions, delivery, state } = context;
  const view = (account: Parameters<typeof toSimAccount>[0]) =>
    toSimAccount(account, (ref) => sessions.get(ref) !== null);
  const accountOf = (phoneNumber: string) => {
    const account = directory.find(phoneNumber);
    if (!account) throw new Error('There is no account with this number');
    return account;
  };
  const findPending = (matches: (companion: ReturnType<Registration['list']>[number]) => boolean) =>
    registration.list().findLast(matches) ?? null;

  return {
    createAccount(account) {
      const created = directory.createAccount(account);
      state.flush();
      return view(created);
    },
    findAccount(phoneNumberOrLid) {
      const account = directory.find(phoneNumberOrLid);
      return account && view(account);
    },
    listAccounts: () => directory.list().map(view),
    findGroup: (jid) => findGroup(context, jid),
    findPicture: (id) =>
      [...state.world.pictures.values()].find((picture) => picture.id === id)?.image ?? null,
    listGroups: () => [...state.world.groups.values()],
    attachPhone: (phone) => delivery.wakePhone(directory.attachPhone(phone)),
    async submit(phoneNumber, stanza) {
      const answer = submit(context, accountOf(phoneNumber), stanza);
      // The answer leaves by no socket, so nothing has written yet what it promises.
      state.flush();
      return answer;
    },
    pendingCompanions: () => registration.list(),
    findPendingByRef: (ref) => findPending(({ refs }) => refs.includes(ref)),
    findPendingByPhone: (phoneNumber) => findPending(({ linkCode }) => linkCode?.phoneNumber === phoneNumber),
    sendPrimaryHello: async (pendingId, hello) =>
      sendPrimaryHello(context, registration.candidate(pendingId), hello),
    completeLink: async (pendingId, offer) => registration.complete(pendingId, offer),
    async removeDevice(phoneNumber, device) {
      const isRemoved = device !== 0 && removeDevice(context, { account: accountOf(phoneNumber), device });
      state.flush();
      if (!isRemoved) throw new Error('The account has no such device');
    },
  };
}

/** A phone tells a companion of its own where a file is now. */
function passMediaRetry(
  { directory, delivery, clock }: ServerContext,
  account: ReturnType<ServerContext['directory']['list']>[number],
  { attrs: { id, to = '', type }, content }: WireNode,
): void {
  const target = directory.resolve(to);
  if (type !== 'mediaretry' || target?.account !== account) return;
  const attrs = { from: accountJid(account), id, type, t: seconds(clock) };
  delivery.deliver(target, node('notification', attrs, content));
}

/** A stanza of a phone: an iq has its answer, a message its ack, anything else nothing. */
function submit(
  context: ServerContext,
  account: ReturnType<ServerContext['directory']['list']>[number],
  stanza: WireNode,
): WireNode | null {
  const origin = { account, device: 0, session: null };
  switch (stanza.tag) {
    case 'iq': {
      const { answer, afterwards } = answerIq(context, origin, stanza);
      afterwards?.();
      return answer;
    }
    case 'message':
      return takePhoneMessage(context, origin, stanza);
    case 'receipt':
      takeReceipt(context, origin, stanza);
      return null;
    case 'notification':
      passMediaRetry(context, account, stanza);
      return null;
    case 'presence':
      takePresence(context, origin, stanza);
      return null;
    case 'chatstate':
      takeChatState(context, origin, stanza);
      return null;
    default:
      // What a phone was given is settled when `deliver` returns, so its acks say nothing new.
      return null;
  }
}
