import { isGroup, type Jid } from '../whatsapp/jid.ts';
import type { Lane } from './outbox-message.ts';

interface LaneFacts {
  /** When this person last wrote to us; null: never, as far as we know. */
  readonly lastInboundAt: Date | null;
  readonly now: Date;
  readonly replyWindowMs: number;
}

/** The lane of a message: only who wrote to us is warm, however often we wrote to them. */
export function laneOf(to: Jid, { lastInboundAt, now, replyWindowMs }: LaneFacts): Lane {
  if (isGroup(to)) return 'group';
  if (!lastInboundAt) return 'cold';
  return now.getTime() - lastInboundAt.getTime() < replyWindowMs ? 'reply' : 'warm';
}
