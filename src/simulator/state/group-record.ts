/** A member of a group; the superadmin made it and cannot be removed by others. */
export interface GroupMember {
  readonly phoneNumber: string;
  readonly role: 'member' | 'admin' | 'superadmin';
}

/** Somebody who wants to join a group whose admins decide who may. */
export interface JoinRequest {
  readonly phoneNumber: string;
  /** Unix seconds. */
  readonly at: number;
  /** By the link themselves, or because a member who is no admin wanted to add them. */
  readonly method: 'invite_link' | 'non_admin_add';
  /** The member who asked for them; null when they asked themselves. */
  readonly askedBy: string | null;
}

/** A personal invitation: what is given to a person whose settings forbid that others add them. */
export interface PersonalInvite {
  readonly phoneNumber: string;
  readonly code: string;
  /** Who invites: the invitation is sent by them, and falls with them. */
  readonly by: string;
  /** Unix seconds. */
  readonly expires: number;
}

export interface GroupDescription {
  /** Named by whoever wrote it; the next author has to name it. */
  readonly id: string;
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

/** A group. People are phone numbers, times Unix seconds. Never changed in place: each change is a new record. */
export interface GroupRecord {
  /** The user part of its address. */
  readonly id: string;
  /** Whether its members know each other by LID or by phone number. */
  readonly addressing: 'lid' | 'pn';
  readonly creator: string;
  readonly createdAt: number;
  readonly subject: { readonly text: string; readonly by: string; readonly at: number };
  readonly description: GroupDescription | null;
  /** Only admins write. */
  readonly announcement: boolean;
  /** Only admins change subject, description and the life time of messages. */
  readonly locked: boolean;
  /** The life time of messages in seconds; 0 is for ever. */
  readonly ephemeral: number;
  readonly memberAddMode: 'admin_add' | 'all_member_add';
  /** Admins decide about those who come by the link. */
  readonly joinApproval: boolean;
  readonly inviteCode: string;
  /** Codes that were valid once, newest last. */
  readonly revokedCodes: readonly string[];
  readonly members: readonly GroupMember[];
  readonly requests: readonly JoinRequest[];
  readonly invites: readonly PersonalInvite[];
}
