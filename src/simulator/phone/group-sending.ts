import type { DeviceAddress } from '../core.ts';
import type { WireNode } from '../node.ts';
import type { GroupRecord } from '../state/group-record.ts';
import { allDevices, encAttrs, encryptForEach } from './pairwise.ts';
import { encodeMessage } from './payload.ts';
import { ownAccount, type PhoneContext, signalAddress } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import type { SentMessage } from './sent-box.ts';
import { ensureSessions } from './sessions.ts';

/**
 * The nodes of a message to a group: the text once, under the phone's sender key, and the key for every device that
 * has not been given it. A key that somebody holds who has left is replaced first. `accepted` is to be called once
 * the server has taken the message.
 */
export async function encryptForGroup(
  context: PhoneContext,
  message: SentMessage,
): Promise<{
  readonly content: WireNode[];
  readonly addressing: 'lid' | 'pn';
  readonly accepted: () => void;
}> {
  const group = groupOf(context, message.chat);
  const devices = devicesOf(context, group);
  const names = new Map(devices.map((device) => [nameOf(context, device), device]));
  const missing = context.senderKeys.prepare(message.chat, [...names.keys()]);
  const unaware = missing.flatMap((name) => names.get(name) ?? []);
  await ensureSessions(context, unaware);
  const distribution = context.senderKeys.distribution(message.chat) ?? undefined;
  const key = {
    senderKeyDistributionMessage: {
      groupId: message.chat,
      axolotlSenderKeyDistributionMessage: distribution,
    },
  };
  const participants = await encryptForEach(
    context,
    unaware.map((device) => ({ device, content: key })),
  );
  const bytes = context.senderKeys.encrypt(message.chat, encodeMessage(message.content, context.random));
  const enc = { tag: 'enc', attrs: { v: '2', type: 'skmsg', ...encAttrs(message) }, content: bytes };
  const list = { tag: 'participants', attrs: {}, content: participants };
  return {
    content: participants.length > 0 ? [list, enc] : [enc],
    addressing: group.addressing,
    accepted: () => context.senderKeys.noteGiven(message.chat, missing),
  };
}

/** A resend to one device of a group brings the sender key along: without it the next message could not be read either. */
export function withSenderKey(
  { senderKeys }: PhoneContext,
  { chat, content }: SentMessage,
): SentMessage['content'] {
  const distribution = senderKeys.distribution(chat);
  if (!distribution) return content;
  const key = { groupId: chat, axolotlSenderKeyDistributionMessage: distribution };
  return { ...content, senderKeyDistributionMessage: key };
}

/** Throws PhoneError `GROUP_NOT_FOUND`. */
export function groupOf({ core }: PhoneContext, chat: string): GroupRecord {
  const group = core.findGroup(chat);
  if (!group) throw new PhoneError('GROUP_NOT_FOUND', 'There is no group with this address');
  return group;
}

/** Every device of every member but this phone. */
function devicesOf(context: PhoneContext, { members, addressing }: GroupRecord): DeviceAddress[] {
  const own = ownAccount(context).phoneNumber;
  const server = addressing === 'lid' ? 'lid' : 's.whatsapp.net';
  return members.flatMap(({ phoneNumber }) => {
    const account = context.core.findAccount(phoneNumber);
    const devices = account ? allDevices(account, server) : [];
    return phoneNumber === own ? devices.filter(({ device }) => device !== 0) : devices;
  });
}

function nameOf(context: PhoneContext, device: DeviceAddress): string {
  const { user, device: number } = signalAddress(context, device);
  return `${user}.${number}`;
}
