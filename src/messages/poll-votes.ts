import type { Statement } from '../database/database.ts';
import { contentOf } from '../outbox/outbox-content.ts';
import type { OutboundMessage } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { isGroup, isLid, type Jid, withoutDevice } from '../whatsapp/jid.ts';
import type { OutgoingContent } from '../whatsapp/outgoing.ts';
import { hashOfOption, openVote } from '../whatsapp/poll-vote.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';
import type { PollVote, PollVoteRepository } from './poll-vote-repository.ts';

/** The result of a poll as it stands. */
export interface PollTally {
  readonly options: { name: string; voters: Jid[]; count: number }[];
  /** People whose vote counts, however many options they chose. */
  readonly totalVoters: number;
}

interface PollVotesDeps {
  readonly repository: PollVoteRepository;
  readonly devices: { find(deviceId: DeviceId): Promise<unknown> };
  /** A message this device sent. */
  findSent(deviceId: DeviceId, waMessageId: WaMessageId): Promise<OutboundMessage | null>;
  /** Number addresses of hidden ids, as far as they are known. */
  numbersBehind(deviceId: DeviceId, lids: readonly Jid[]): Promise<ReadonlyMap<Jid, Jid>>;
  readonly clock: Clock;
}

/** The addresses of a device's own account. */
interface Own {
  readonly jid: Jid | null;
  readonly lid: Jid | null;
}

export interface PollVotes {
  /**
   * Reads the votes among messages that came, where they are for polls the device sent: the messages with what was chosen as their
   * text, an option a line, and the statements that keep the votes. May be asked again. Throws what Database throws.
   */
  read<Message extends ReceivedMessage>(
    deviceId: DeviceId,
    came: { readonly messages: readonly Message[]; readonly own: Own },
  ): Promise<{ readonly messages: readonly Message[]; readonly statements: readonly Statement[] }>;
  /** Throws DEVICE_NOT_FOUND, MESSAGE_NOT_FOUND, and MESSAGE_KIND_UNSUPPORTED for what is no poll of this device. */
  tally(deviceId: DeviceId, waMessageId: WaMessageId): Promise<PollTally>;
}

type Poll = Extract<OutgoingContent, { kind: 'poll' }>;

/** Votes in polls of ours: opened as they come, counted when somebody asks. */
export function createPollVotes(deps: PollVotesDeps): PollVotes {
  const { repository, devices, findSent, numbersBehind, clock } = deps;

  async function statementOf(deviceId: DeviceId, message: ReceivedMessage, own: Own) {
    const waMessageId = message.quotedWaMessageId;
    const sent = waMessageId && message.sealedVote ? await findSent(deviceId, waMessageId) : null;
    const poll = sent && pollIn(sent);
    if (!poll || !sent) return null;
    const vote = readVote(message, { sent, poll, own, now: clock.now() });
    if (vote === null) return null;
    const text = vote.choices.map((place) => poll.options[place]).join('\n');
    return { text, statement: repository.put({ deviceId, waMessageId: sent.waMessageId }, vote) };
  }

  return {
    async read(deviceId, { messages, own }) {
      const statements: Statement[] = [];
      const read: (typeof messages)[number][] = [];
      for (const message of messages) {
        const vote = message.sealedVote ? await statementOf(deviceId, message, own) : null;
        if (vote) statements.push(vote.statement);
        read.push(vote ? { ...message, text: vote.text } : message);
      }
      return { messages: read, statements };
    },

    async tally(deviceId, waMessageId) {
      const sent = await findSent(deviceId, waMessageId);
      if (!sent) {
        if (!(await devices.find(deviceId))) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
        throw new AppError('MESSAGE_NOT_FOUND', { deviceId, messageId: waMessageId });
      }
      const poll = pollIn(sent);
      if (!poll) throw new AppError('MESSAGE_KIND_UNSUPPORTED', { messageId: waMessageId, kind: sent.kind });
      const votes = await repository.list({ deviceId, waMessageId });
      const lids = votes.map(({ voter }) => voter).filter(isLid);
      return count(poll, votes, lids.length > 0 ? await numbersBehind(deviceId, lids) : new Map());
    },
  };
}

function pollIn(sent: OutboundMessage): Poll | null {
  const content = contentOf(sent);
  return content.kind === 'poll' ? content : null;
}

interface VoteContext {
  readonly sent: OutboundMessage;
  readonly poll: Poll;
  readonly own: Own;
  readonly now: Date;
}

/** Null for a vote from elsewhere, one that its sender did not seal, and one that chooses what cannot be chosen. */
function readVote(message: ReceivedMessage, { sent, poll, own, now }: VoteContext): PollVote | null {
  const sealed = message.sealedVote?.();
  const isFromElsewhere = isGroup(sent.to) ? message.chat !== sent.to : isGroup(message.chat);
  if (!sealed || isFromElsewhere) return null;
  const ours = known([own.jid, own.lid]).map(withoutDevice);
  const voters = message.fromMe ? ours : known(authorOf(message));
  const secret = Buffer.from(poll.secret, 'base64');
  const hashes = openVote(sealed, { pollId: sent.waMessageId, secret, creators: ours, voters });
  const voter = voters.find((jid) => !isLid(jid)) ?? voters[0];
  if (!hashes || !voter) return null;
  const places = poll.options.map(hashOfOption);
  const choices = [...new Set(hashes)].map((hash) => places.indexOf(hash));
  const isTooMany = poll.selectable > 0 && choices.length > poll.selectable;
  if (isTooMany || choices.includes(-1)) return null;
  // A clock that runs ahead would keep later votes out.
  const votedAt = sealed.at !== null && sealed.at <= now ? sealed.at : message.timestamp;
  return { voter, choices: choices.sort((one, other) => one - other), votedAt };
}

function authorOf({ chat, chatAlt, participant, participantAlt }: ReceivedMessage) {
  return participant ? [participant, participantAlt] : [chat, chatAlt];
}

function known(jids: readonly (Jid | null)[]): Jid[] {
  return jids.flatMap((jid) => jid ?? []);
}

/** A person may have voted under both addresses; the last vote is the one. */
function count({ options }: Poll, votes: readonly PollVote[], numbers: ReadonlyMap<Jid, Jid>): PollTally {
  const last = new Map<Jid, readonly number[]>();
  for (const { voter, choices } of votes) last.set(numbers.get(voter) ?? voter, choices);
  const counted = options.map((name, place) => {
    const voters = [...last].flatMap(([voter, choices]) => (choices.includes(place) ? [voter] : []));
    return { name, voters, count: voters.length };
  });
  return { options: counted, totalVoters: [...last.values()].filter((choices) => choices.length > 0).length };
}
