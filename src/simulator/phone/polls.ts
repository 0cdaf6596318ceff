import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { isGroupJid } from '../wire/jid.ts';
import { decodeProto, encodeProto, type Proto } from '../wire/proto.ts';
import { addressingOf, keyOf } from './changes.ts';
import { groupOf } from './group-sending.ts';
import type { PhoneMessage } from './message-book.ts';
import type { Message } from './payload.ts';
import type { PhoneContext } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { type SendOptions, sendContent } from './sending.ts';

export interface Poll {
  readonly question: string;
  readonly options: readonly string[];
  /** How many may be chosen; 0 is any number. */
  readonly selectable: number;
}

const SECRET_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Asks a question; votes can be read by whoever got it, as the message brings the secret they are sealed with. */
export async function sendPoll(
  context: PhoneContext,
  to: string,
  { question, options, selectable, ...how }: Poll & SendOptions,
): Promise<PhoneMessage> {
  const poll = {
    name: question,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: selectable,
  };
  const messageContextInfo = { messageSecret: context.random.bytes(SECRET_BYTES) };
  const content: Message =
    selectable === 1
      ? { messageContextInfo, pollCreationMessageV3: poll }
      : { messageContextInfo, pollCreationMessage: poll };
  const message = await sendContent(context, to, content, { ...how, type: 'poll' });
  notePoll(context, message, content);
  return context.book.find(message.id) ?? message;
}

/** Votes in a poll; no option at all takes the vote back. Throws PhoneError `NO_POLL`. */
export async function vote(
  context: PhoneContext,
  message: PhoneMessage,
  chosen: readonly string[],
): Promise<PhoneMessage> {
  const secret = secretOf(context, message.id);
  const unknown = chosen.find((option) => !message.poll?.options.includes(option));
  if (!secret || !message.author || unknown !== undefined) {
    throw new PhoneError('NO_POLL', 'This message is no poll with these options');
  }
  const server = serverOf(context, message);
  const seal = { id: message.id, secret, ...sealers(context, message.author, context.phoneNumber)[server] };
  const selectedOptions = chosen.map(hashOf);
  const plaintext = encodeProto('PollVoteMessage', { selectedOptions });
  const pollUpdateMessage = {
    pollCreationMessageKey: keyOf(message),
    vote: sealVote(plaintext, seal, context.random.bytes(IV_BYTES)),
    senderTimestampMs: context.clock.now().getTime(),
  };
  const options = { type: 'poll', addressing: addressingOf(message) };
  const sent = await sendContent(context, message.chat, { pollUpdateMessage }, options);
  context.book.amend(message.id, { vote: { by: context.phoneNumber, options: [...chosen] } });
  return sent;
}

/** Remembers what is needed to read the votes of a poll. */
export function notePoll(context: PhoneContext, { id }: PhoneMessage, content: Message): void {
  const poll = content.pollCreationMessage ?? content.pollCreationMessageV2 ?? content.pollCreationMessageV3;
  const secret = content.messageContextInfo?.messageSecret;
  if (!poll || !secret) return;
  context.store.set(secretKey(context, id), Buffer.from(secret).toString('base64'));
  const options = poll.options?.map(({ optionName }) => optionName ?? '') ?? [];
  context.book.amend(id, { poll: { options, votes: {} } });
}

/** Counts a vote; one whose poll is unknown, or whose seal does not open, is left out. */
export function countVote(context: PhoneContext, message: PhoneMessage, content: Message): void {
  const { vote: sealed } = content.pollUpdateMessage ?? {};
  const poll = message.target === null ? null : context.book.find(message.target);
  const secret = poll && secretOf(context, poll.id);
  if (!sealed || !poll?.poll || !poll.author || !message.author || !secret) return;
  // Who seals decides by which address people are named; the chat does not tell for sure.
  const names = Object.values(sealers(context, poll.author, message.author));
  const opened = names.map((name) => openVote(sealed, { id: poll.id, secret, ...name }));
  const hashes = opened.find((plaintext) => plaintext !== null);
  if (!hashes) return;
  const options = poll.poll.options.filter((option) =>
    hashes.some((hash) => Buffer.compare(hash, hashOf(option)) === 0),
  );
  context.book.amend(poll.id, { vote: { by: message.author, options } });
}

interface Seal {
  readonly id: string;
  readonly secret: Uint8Array;
  /** Addresses of who asked and who votes. */
  readonly creator: string;
  readonly voter: string;
}

function sealVote(plaintext: Uint8Array, seal: Seal, encIv: Uint8Array) {
  const cipher = createCipheriv('aes-256-gcm', voteKey(seal), encIv).setAAD(voteName(seal));
  const encPayload = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return { encPayload, encIv };
}

function openVote({ encPayload, encIv }: Proto<'PollEncValue'>, seal: Seal): readonly Uint8Array[] | null {
  if (!encPayload || !encIv || encPayload.length < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', voteKey(seal), encIv).setAAD(voteName(seal));
  decipher.setAuthTag(encPayload.subarray(-TAG_BYTES));
  try {
    const plaintext = Buffer.concat([decipher.update(encPayload.subarray(0, -TAG_BYTES)), decipher.final()]);
    return decodeProto('PollVoteMessage', plaintext).selectedOptions ?? [];
  } catch {
    return null;
  }
}

function voteKey({ id, secret, creator, voter }: Seal): Uint8Array {
  const extracted = createHmac('sha256', new Uint8Array(32)).update(secret).digest();
  const info = Buffer.concat([Buffer.from(`${id}${creator}${voter}Poll Vote`), Uint8Array.of(1)]);
  return createHmac('sha256', extracted).update(info).digest();
}

function voteName({ id, voter }: Seal): Uint8Array {
  return Buffer.from(`${id}\0${voter}`);
}

/** Both by LID, both by number. */
function sealers({ core }: PhoneContext, creator: string, voter: string) {
  const lidOf = (phoneNumber: string) => `${core.findAccount(phoneNumber)?.lid}@lid`;
  const pnOf = (phoneNumber: string) => `${phoneNumber}@s.whatsapp.net`;
  return {
    lid: { creator: lidOf(creator), voter: lidOf(voter) },
    pn: { creator: pnOf(creator), voter: pnOf(voter) },
  };
}

function serverOf(context: PhoneContext, message: PhoneMessage): 'lid' | 'pn' {
  return isGroupJid(message.chat) ? groupOf(context, message.chat).addressing : addressingOf(message);
}

const secretKey = ({ phoneNumber }: PhoneContext, id: string) => `poll/${phoneNumber}/${id}`;

function secretOf(context: PhoneContext, id: string): Uint8Array | null {
  const stored = context.store.get(secretKey(context, id));
  return typeof stored === 'string' ? Buffer.from(stored, 'base64') : null;
}

function hashOf(option: string): Uint8Array {
  return createHash('sha256').update(option).digest();
}
