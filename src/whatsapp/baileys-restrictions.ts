import type { NewChatMessageCapInfo, ReachoutTimelockState, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import type {
  AccountRestrictions,
  MessageCap,
  MessageCapLevel,
  ReachoutLock,
} from './account-restriction.ts';
import type { SocketEnding } from './socket-ending.ts';

/** A lock without an end lasts so long in WhatsApp's own web client. */
const UNTOLD_LOCK_MS = 60_000;

/** Reads what Baileys knows of the time-lock. */
export function toReachoutLock(state: ReachoutTimelockState, now: Date): ReachoutLock {
  if (!state.isActive) return { until: null };
  return { until: state.timeEnforcementEnds ?? new Date(now.getTime() + UNTOLD_LOCK_MS) };
}

const LEVELS: ReadonlyMap<string | undefined, MessageCapLevel> = new Map([
  ['NONE', 'none'],
  ['FIRST_WARNING', 'first_warning'],
  ['SECOND_WARNING', 'second_warning'],
  ['CAPPED', 'capped'],
]);

/** Reads WhatsApp's answer on new chats; null when it says nothing we know. */
export function toMessageCap(info: NewChatMessageCapInfo | null | undefined): MessageCap | null {
  const level = LEVELS.get(info?.capping_status);
  if (!level) return null;
  return { level, until: toTime(info?.cycle_end_timestamp) };
}

/**
 * Asks WhatsApp what it has against the account; both questions only read. Baileys asks by itself for every refusal but
 * the one that matters (463), so we do. Never rejects: what is not answered in time is null.
 */
export async function askRestrictions(
  { sock, ending, clock }: { sock: WASocket; ending: SocketEnding; clock: Clock },
  timeoutMs: number,
): Promise<AccountRestrictions> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = clock.after(timeoutMs, () => resolve(null));
  // Whatever went wrong, the answer is that we do not know.
  const answer = <T>(question: Promise<T>) => Promise.race([ending.race(question), late]).catch(() => null);
  const [lock, cap] = await Promise.all([
    answer(sock.fetchAccountReachoutTimelock()),
    answer(sock.fetchNewChatMessageCap()),
  ]);
  timer.cancel();
  return { reachoutLock: lock && toReachoutLock(lock, clock.now()), messageCap: toMessageCap(cap) };
}

/** Seconds since 1970 as text; milliseconds are told apart by their size. */
function toTime(text: string | undefined): Date | null {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) return null;
  return new Date(value > 100_000_000_000 ? value : value * 1_000);
}
