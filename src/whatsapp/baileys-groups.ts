import type { BinaryNode, GroupMetadata, WASocket } from '@whiskeysockets/baileys';
import { AppError } from '../shared/errors.ts';
import type {
  Group,
  GroupChange,
  GroupCommands,
  GroupParticipant,
  JoinRequest,
  ParticipantResult,
} from './group.ts';
import { isLid, type Jid, parseJid, phoneNumberOf, withoutDevice } from './jid.ts';
import type { SocketEnding } from './socket-ending.ts';

interface GroupParts {
  readonly sock: WASocket;
  readonly ending: SocketEnding;
}

/** Groups over a Baileys socket. */
export function createGroupCommands({ sock, ending }: GroupParts): GroupCommands {
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    if (!sock.ws.isOpen) throw new AppError('DEVICE_NOT_CONNECTED');
    try {
      return await ending.race(question());
    } catch (error) {
      // What the library threw is the cause of what the race makes of it.
      throw toAppError(error instanceof AppError && error.cause ? error.cause : error);
    }
  };
  return {
    async list() {
      const groups = await ask(() => sock.groupFetchAllParticipating());
      return Object.values(groups).map(toGroup);
    },
    info: async (group) => toGroup(await ask(() => sock.groupMetadata(group))),
    async create(subject, people) {
      const { id } = await ask(() => sock.groupCreate(subject, [...people]));
      // The answer also lists those who were refused, and the library does not say which.
      return toGroup(await ask(() => sock.groupMetadata(id)));
    },
    leave: (group) => ask(() => sock.groupLeave(group)),
    async change(group, change) {
      for (const step of stepsOf(sock, group, change)) await ask(step);
    },
    async changeParticipants(group, action, people) {
      const results = await ask(() => sock.groupParticipantsUpdate(group, [...people], action));
      return inOrder(people, results);
    },
    inviteCode: async (group) => codeOf(await ask(() => sock.groupInviteCode(group))),
    renewInvite: async (group) => codeOf(await ask(() => sock.groupRevokeInvite(group))),
    async join(code) {
      const jid = await ask(() => sock.groupAcceptInvite(code));
      return parseJid(jid ?? '');
    },
    async joinRequests(group) {
      const requests = await ask(() => sock.groupRequestParticipantsList(group));
      return requests.flatMap(toJoinRequest);
    },
    async answerJoinRequests(group, decision, people) {
      const results = await ask(() => sock.groupRequestParticipantsUpdate(group, [...people], decision));
      return inOrder(people, results);
    },
  };
}

/** The server takes one change at a time. */
function stepsOf(sock: WASocket, group: Jid, change: GroupChange): (() => Promise<void>)[] {
  const { subject, description, announceOnly, locked, membersMayAdd, joinApproval, ephemeralSeconds } =
    change;
  const steps: (false | (() => Promise<void>))[] = [
    subject !== undefined && (() => sock.groupUpdateSubject(group, subject)),
    description !== undefined && (() => sock.groupUpdateDescription(group, description || undefined)),
    announceOnly !== undefined &&
      (() => sock.groupSettingUpdate(group, announceOnly ? 'announcement' : 'not_announcement')),
    locked !== undefined && (() => sock.groupSettingUpdate(group, locked ? 'locked' : 'unlocked')),
    membersMayAdd !== undefined &&
      (() => sock.groupMemberAddMode(group, membersMayAdd ? 'all_member_add' : 'admin_add')),
    joinApproval !== undefined && (() => sock.groupJoinApprovalMode(group, joinApproval ? 'on' : 'off')),
    ephemeralSeconds !== undefined && (() => sock.groupToggleEphemeral(group, ephemeralSeconds)),
  ];
  return steps.filter((step) => step !== false);
}

export function toGroup(metadata: GroupMetadata): Group {
  const { id, subject, desc, creation, addressingMode, announce, restrict, memberAddMode } = metadata;
  return {
    jid: jidOf(id),
    subject,
    description: desc || null,
    owner: parseJid(metadata.ownerPn ?? metadata.owner ?? ''),
    createdAt: creation ? new Date(creation * 1000) : null,
    addressing: addressingMode === 'lid' ? 'lid' : 'pn',
    settings: {
      announceOnly: announce === true,
      locked: restrict === true,
      membersMayAdd: memberAddMode === true,
      joinApproval: metadata.joinApprovalMode === true,
      ephemeralSeconds: metadata.ephemeralDuration ?? 0,
    },
    participants: metadata.participants.flatMap(toParticipant),
  };
}

function toParticipant({
  id,
  phoneNumber,
  lid,
  admin,
}: GroupMetadata['participants'][number]): GroupParticipant[] {
  const jid = parseJid(id);
  if (!jid) return [];
  const other = parseJid((isLid(jid) ? phoneNumber : lid) ?? '');
  const [pn, hidden] = isLid(jid) ? [other, jid] : [jid, other];
  const role = admin === 'admin' || admin === 'superadmin' ? admin : 'member';
  return [{ jid: pn ?? jid, lid: hidden, phoneNumber: pn && phoneNumberOf(pn), role }];
}

interface RawResult {
  readonly jid: string | undefined;
  readonly status: string;
  readonly content?: BinaryNode;
}

/** The server may answer by LID what was asked by number; then it names the number beside, or keeps the order. */
function inOrder(people: readonly Jid[], results: readonly RawResult[]): ParticipantResult[] {
  const byName = new Map<string, number>();
  for (const { jid, status, content } of results) {
    for (const name of [jid, content?.attrs.phone_number, content?.attrs.lid]) {
      const parsed = parseJid(name ?? '');
      if (parsed) byName.set(withoutDevice(parsed), Number(status));
    }
  }
  const sameOrder = results.length === people.length;
  return people.map((jid, index) => ({
    jid,
    code: byName.get(jid) ?? (sameOrder ? Number(results[index]?.status) : 404),
  }));
}

function toJoinRequest(attrs: Record<string, string>): JoinRequest[] {
  const jid = parseJid(attrs.phone_number ?? attrs.jid ?? '');
  if (!jid) return [];
  const seconds = Number(attrs.request_time);
  return [{ jid, phoneNumber: phoneNumberOf(jid), at: seconds > 0 ? new Date(seconds * 1000) : null }];
}

function codeOf(code: string | undefined): string {
  if (!code) throw new AppError('WHATSAPP_UNAVAILABLE');
  return code;
}

function jidOf(text: string): Jid {
  const jid = parseJid(text);
  if (!jid) throw new AppError('WHATSAPP_UNAVAILABLE');
  return jid;
}

/** Baileys throws a Boom whose `data` is the code in the server's error (WABinary/generic-utils.ts), or its node. */
function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeIn(error);
  const options = { cause: error };
  switch (code) {
    case null:
    case 408:
    case 428:
      return new AppError('WHATSAPP_UNAVAILABLE', {}, options);
    case 401:
    case 403:
      return new AppError('GROUP_FORBIDDEN', { code }, options);
    case 404:
      return new AppError('GROUP_NOT_FOUND', { code }, options);
    case 410:
      return new AppError('INVITE_INVALID', { code }, options);
    default:
      return new AppError('GROUP_REFUSED', { code }, options);
  }
}

function codeIn(error: unknown): number | null {
  if (!(error instanceof Error && 'data' in error)) return null;
  const { data } = error;
  if (typeof data === 'number') return data;
  const isNode = typeof data === 'object' && data !== null && 'attrs' in data;
  const attrs = isNode ? data.attrs : null;
  const isCoded = typeof attrs === 'object' && attrs !== null && 'code' in attrs;
  return isCoded ? Number(attrs.code) : null;
}
