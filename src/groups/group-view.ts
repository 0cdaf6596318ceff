import type { Group, GroupParticipant } from '../whatsapp/group.ts';
import type { Jid } from '../whatsapp/jid.ts';

/** A group as callers see it; times are ISO 8601 in UTC. */
export interface GroupView {
  readonly groupId: string;
  readonly subject: string;
  readonly description: string | null;
  readonly owner: string | null;
  readonly createdAt: string | null;
  readonly addressing: 'pn' | 'lid';
  readonly announceOnly: boolean;
  readonly locked: boolean;
  readonly membersMayAdd: boolean;
  readonly joinApproval: boolean;
  readonly ephemeralSeconds: number;
  /** Whether the device is an administrator. */
  readonly isAdmin: boolean;
  readonly participantCount: number;
  readonly participants: GroupParticipant[];
}

/** `own`: the device's addresses, by number and by LID. */
export function toGroupView(group: Group, own: readonly Jid[]): GroupView {
  const { jid, subject, description, owner, createdAt, addressing, settings, participants } = group;
  const self = participants.find((each) => own.some((mine) => mine === each.jid || mine === each.lid));
  return {
    groupId: jid,
    subject,
    description,
    owner,
    createdAt: createdAt?.toISOString() ?? null,
    addressing,
    ...settings,
    isAdmin: self !== undefined && self.role !== 'member',
    participantCount: participants.length,
    participants: [...participants],
  };
}
