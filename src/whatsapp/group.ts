import type { Jid } from './jid.ts';

/** A WhatsApp group as one of its members sees it. */
export interface Group {
  readonly jid: Jid;
  readonly subject: string;
  readonly description: string | null;
  /** Who made it, by number where that is known. */
  readonly owner: Jid | null;
  readonly createdAt: Date | null;
  /** Whether members know each other by number or by LID. */
  readonly addressing: 'pn' | 'lid';
  readonly settings: GroupSettings;
  readonly participants: readonly GroupParticipant[];
}

export interface GroupSettings {
  /** Only administrators write. */
  readonly announceOnly: boolean;
  /** Only administrators change subject, description and settings. */
  readonly locked: boolean;
  readonly membersMayAdd: boolean;
  /** Administrators decide about whoever joins by link. */
  readonly joinApproval: boolean;
  /** How long messages stay, in seconds; 0: for good. */
  readonly ephemeralSeconds: number;
}

export interface GroupParticipant {
  /** By number where it is known. */
  readonly jid: Jid;
  readonly lid: Jid | null;
  readonly phoneNumber: string | null;
  readonly role: 'member' | 'admin' | 'superadmin';
}

/** What is to be different; what is left out stays. An empty description removes it. */
export type GroupChange = {
  readonly [Name in keyof GroupTexts | keyof GroupSettings]?: (GroupTexts & GroupSettings)[Name] | undefined;
};

interface GroupTexts {
  readonly subject: string;
  readonly description: string;
}

/** What became of one of several people: 200, or the code WhatsApp objects with. */
export interface ParticipantResult {
  readonly jid: Jid;
  readonly code: number;
}

export interface JoinRequest {
  readonly jid: Jid;
  readonly phoneNumber: string | null;
  readonly at: Date | null;
}

/**
 * Groups as a device can handle them. Every method throws DEVICE_NOT_CONNECTED, WHATSAPP_UNAVAILABLE when no answer comes, and
 * for what the server objects to GROUP_NOT_FOUND, GROUP_FORBIDDEN, INVITE_INVALID or GROUP_REFUSED with its code.
 */
export interface GroupCommands {
  /** Those the account is a member of. */
  list(): Promise<Group[]>;
  info(group: Jid): Promise<Group>;
  /** Who could not be added is not in it. */
  create(subject: string, people: readonly Jid[]): Promise<Group>;
  leave(group: Jid): Promise<void>;
  change(group: Jid, change: GroupChange): Promise<void>;
  /** One result for each person, in their order. */
  changeParticipants(
    group: Jid,
    action: 'add' | 'remove' | 'promote' | 'demote',
    people: readonly Jid[],
  ): Promise<ParticipantResult[]>;
  inviteCode(group: Jid): Promise<string>;
  /** The code before leads nowhere from now on. */
  renewInvite(group: Jid): Promise<string>;
  /** Null: administrators decide first. */
  join(code: string): Promise<Jid | null>;
  joinRequests(group: Jid): Promise<JoinRequest[]>;
  answerJoinRequests(
    group: Jid,
    decision: 'approve' | 'reject',
    people: readonly Jid[],
  ): Promise<ParticipantResult[]>;
}
