import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Group, GroupChange, GroupCommands, ParticipantResult } from '../whatsapp/group.ts';
import { type Jid, withoutDevice } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseGroup, parseRecipient } from '../whatsapp/recipient.ts';
import { type GroupView, toGroupView } from './group-view.ts';

export interface GroupServiceDeps {
  readonly devices: { find(deviceId: DeviceId): Promise<GroupDevice | null> };
  /** Throws DEVICE_NOT_CONNECTED. */
  readonly sockets: { socketOf(deviceId: DeviceId): { readonly groups: GroupCommands } };
  readonly defaultCountry: DefaultCountry;
}

interface GroupDevice {
  readonly jid: Jid | null;
  readonly lid: Jid | null;
}

/** What became of one person of several. */
export interface PersonResult {
  /** As the caller wrote it. */
  readonly participant: string;
  readonly jid: string | null;
  readonly success: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export type GroupService = ReturnType<typeof createGroupService>;

type Reader = (text: string) => Jid;

/** What one can do with groups. Every method throws DEVICE_NOT_FOUND, RECIPIENT_INVALID, and what GroupCommands throws. */
export function createGroupService({ devices, sockets, defaultCountry }: GroupServiceDeps) {
  async function find(deviceId: DeviceId): Promise<GroupDevice> {
    const device = await devices.find(deviceId);
    if (!device) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    return device;
  }

  async function commands(deviceId: DeviceId): Promise<GroupCommands> {
    await find(deviceId);
    return sockets.socketOf(deviceId).groups;
  }

  async function view(deviceId: DeviceId, group: Group): Promise<GroupView> {
    const { jid, lid } = await find(deviceId);
    return toGroupView(
      group,
      [jid, lid].flatMap((own) => (own ? [withoutDevice(own)] : [])),
    );
  }

  const person: Reader = (text) => {
    const jid = parseRecipient(text, defaultCountry);
    if (jid.endsWith('@g.us')) throw new AppError('RECIPIENT_INVALID');
    return jid;
  };

  /** Asks about those who can be read; the others have their own error. */
  async function forEach(
    people: readonly string[],
    ask: (jids: readonly Jid[]) => Promise<readonly ParticipantResult[]>,
  ): Promise<PersonResult[]> {
    const read = people.map((participant) => readPerson(participant, person));
    const jids = [...new Set(read.flatMap(({ jid }) => jid ?? []))];
    const results = jids.length > 0 ? await ask(jids) : [];
    const codes = new Map(results.map(({ jid, code }) => [jid, code]));
    return read.map(({ participant, jid, error }) =>
      jid === null
        ? { participant, jid, success: false, error }
        : toResult(participant, jid, codes.get(jid) ?? 404),
    );
  }

  return {
    async list(deviceId: DeviceId): Promise<GroupView[]> {
      const groups = await (await commands(deviceId)).list();
      const views = await Promise.all(groups.map((group) => view(deviceId, group)));
      return views.sort((one, other) => one.subject.localeCompare(other.subject));
    },

    async info(deviceId: DeviceId, groupId: string): Promise<GroupView> {
      return view(deviceId, await (await commands(deviceId)).info(parseGroup(groupId)));
    },

    /** Makes a group; whoever may not be added has a result that says so. */
    async create(
      deviceId: DeviceId,
      { subject, participants }: { subject: string; participants: readonly string[] },
    ) {
      const groups = await commands(deviceId);
      const made: Group[] = [];
      const results = await forEach(participants, async (jids) => {
        const group = await groups.create(subject, jids);
        made.push(group);
        return jids.map((jid) => ({ jid, code: isMember(group, jid) ? 200 : 403 }));
      });
      const [group] = made;
      if (!group) throw new AppError('RECIPIENT_INVALID', { results });
      return { group: await view(deviceId, group), results };
    },

    /** Resolves with the group as it is then. */
    async change(deviceId: DeviceId, groupId: string, change: GroupChange): Promise<GroupView> {
      const groups = await commands(deviceId);
      const jid = parseGroup(groupId);
      await groups.change(jid, change);
      return view(deviceId, await groups.info(jid));
    },

    async leave(deviceId: DeviceId, groupId: string): Promise<void> {
      await (await commands(deviceId)).leave(parseGroup(groupId));
    },

    async changeParticipants(
      deviceId: DeviceId,
      groupId: string,
      {
        action,
        participants,
      }: { action: 'add' | 'remove' | 'promote' | 'demote'; participants: readonly string[] },
    ): Promise<PersonResult[]> {
      const groups = await commands(deviceId);
      const group = parseGroup(groupId);
      return forEach(participants, (jids) => groups.changeParticipants(group, action, jids));
    },

    async inviteCode(deviceId: DeviceId, groupId: string): Promise<string> {
      return (await commands(deviceId)).inviteCode(parseGroup(groupId));
    },

    async renewInvite(deviceId: DeviceId, groupId: string): Promise<string> {
      return (await commands(deviceId)).renewInvite(parseGroup(groupId));
    },

    /** By the code of a link; null where administrators decide first. */
    async join(deviceId: DeviceId, code: string): Promise<Jid | null> {
      return (await commands(deviceId)).join(code);
    },

    async joinRequests(deviceId: DeviceId, groupId: string) {
      const requests = await (await commands(deviceId)).joinRequests(parseGroup(groupId));
      return requests.map(({ jid, phoneNumber, at }) => ({
        jid,
        phoneNumber,
        requestedAt: at?.toISOString() ?? null,
      }));
    },

    async answerJoinRequests(
      deviceId: DeviceId,
      groupId: string,
      { decision, participants }: { decision: 'approve' | 'reject'; participants: readonly string[] },
    ): Promise<PersonResult[]> {
      const groups = await commands(deviceId);
      const group = parseGroup(groupId);
      return forEach(participants, (jids) => groups.answerJoinRequests(group, decision, jids));
    },

    /** The links of the groups the device may show one of; null where it is no administrator. */
    async links(deviceId: DeviceId) {
      const groups = await commands(deviceId);
      const views = await Promise.all((await groups.list()).map((group) => view(deviceId, group)));
      const links = [];
      for (const { groupId, subject, isAdmin, participantCount } of views) {
        const code = isAdmin ? await groups.inviteCode(parseGroup(groupId)) : null;
        links.push({ groupId, subject, participantCount, inviteLink: code && toLink(code) });
      }
      return links;
    },
  };
}

export function toLink(code: string): string {
  return `https://chat.whatsapp.com/${code}`;
}

function isMember({ participants }: Group, jid: Jid): boolean {
  return participants.some((each) => each.jid === jid || each.lid === jid);
}

function readPerson(participant: string, read: Reader) {
  try {
    return { participant, jid: read(participant), error: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { participant, jid: null, error: { code: error.code, message: error.message } };
  }
}

/** What the codes of WhatsApp mean for one person. */
const OBJECTIONS: Readonly<Record<number, string>> = {
  401: 'They blocked this account',
  403: 'Their settings do not let them be added; send them an invite link',
  404: 'They are not on WhatsApp, or no member of the group',
  405: 'This cannot be done to whoever made the group',
  406: 'They left lately and cannot be added again yet',
  408: 'They left lately and cannot be added again yet',
  409: 'They are a member already',
  419: 'The group is full',
  500: 'The group is full',
};

function toResult(participant: string, jid: Jid, code: number): PersonResult {
  if (code === 200) return { participant, jid, success: true, error: null };
  const message = OBJECTIONS[code] ?? `WhatsApp refused with ${code}`;
  return { participant, jid, success: false, error: { code: `WA_${code}`, message } };
}
