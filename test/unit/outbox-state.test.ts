import { expect, it } from 'vitest';
import type { OutboundStatus } from '../../src/outbox/outbox-message.ts';
import { isSettled, mayMove, STATUS_STEPS } from '../../src/outbox/outbox-state.ts';
import { settleUnanswered } from '../../src/outbox/settling.ts';

const STATUSES = Object.keys(STATUS_STEPS) as OutboundStatus[];
/** Every move there is; whatever is not here must not happen. */
const MOVES: Record<OutboundStatus, readonly OutboundStatus[]> = {
  queued: ['sending', 'server_ack', 'delivered', 'read', 'played', 'failed', 'cancelled', 'expired'],
  sending: ['queued', 'server_ack', 'delivered', 'read', 'played', 'failed', 'held'],
  server_ack: ['delivered', 'read', 'played'],
  delivered: ['read', 'played'],
  read: ['played'],
  played: [],
  failed: ['queued', 'server_ack', 'delivered', 'read', 'played'],
  held: ['queued', 'server_ack', 'delivered', 'read', 'played', 'cancelled'],
  cancelled: ['server_ack', 'delivered', 'read', 'played'],
  expired: ['server_ack', 'delivered', 'read', 'played'],
};

it.each(STATUSES)('a message that is %s moves as the table says and nowhere else', (from) => {
  expect(STATUSES.filter((to) => mayMove(from, to)).sort()).toEqual([...MOVES[from]].sort());
});

it('never leaves what is proven', () => {
  const proven: OutboundStatus[] = ['server_ack', 'delivered', 'read', 'played'];
  const moves = proven.flatMap((from) => STATUSES.filter((to) => mayMove(from, to)));
  expect(moves.every((to) => proven.includes(to))).toBe(true);
});

it('is settled when nobody waits any more', () => {
  expect(STATUSES.filter((status) => !isSettled(status)).sort()).toEqual(['queued', 'sending']);
});

it.each([
  ['resend', 1, 'queued'],
  ['resend', 4, 'queued'],
  ['resend', 5, 'failed'],
  ['hold', 1, 'held'],
  ['hold', 9, 'held'],
] as const)('what nobody proved, with %s after attempt %i, is %s', (onAmbiguous, attempts, to) => {
  expect(settleUnanswered({ onAmbiguous, attempts })).toMatchObject({ to });
});
