import type { NewChatMessageCapInfo, ReachoutTimelockState } from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import { toMessageCap, toReachoutLock } from '../../src/whatsapp/baileys-restrictions.ts';

const now = new Date('2026-01-01T00:00:00Z');
const cap = (fields: Record<string, string>) => toMessageCap(fields as unknown as NewChatMessageCapInfo);

describe('what Baileys says of the reach-out lock', () => {
  it.each<[ReachoutTimelockState, Date | null]>([
    [{ isActive: false }, null],
    [{}, null],
    [{ isActive: false, timeEnforcementEnds: new Date('2026-02-01') }, null],
    [{ isActive: true, timeEnforcementEnds: new Date('2026-02-01') }, new Date('2026-02-01')],
    [{ isActive: true }, new Date('2026-01-01T00:01:00Z')],
  ])('%o ends at %o', (state, until) => {
    expect(toReachoutLock(state, now)).toEqual({ until });
  });
});

describe('what WhatsApp says of new chats', () => {
  it.each([
    ['NONE', 'none'],
    ['FIRST_WARNING', 'first_warning'],
    ['SECOND_WARNING', 'second_warning'],
    ['CAPPED', 'capped'],
  ])('%s', (status, level) => {
    expect(cap({ capping_status: status })).toEqual({ level, until: null });
  });

  it('with the end of its cycle, in seconds or milliseconds', () => {
    const until = new Date('2026-02-01T00:00:00Z');
    for (const end of [until.getTime() / 1_000, until.getTime()]) {
      expect(cap({ capping_status: 'CAPPED', cycle_end_timestamp: String(end) })).toEqual({
        level: 'capped',
        until,
      });
    }
  });

  it('is nothing when it is a word nobody knows, or no word', () => {
    expect(cap({ capping_status: 'constructor' })).toBeNull();
    expect(cap({})).toBeNull();
    expect(toMessageCap(null)).toBeNull();
    expect(cap({ capping_status: 'NONE', cycle_end_timestamp: 'soon' })).toEqual({
      level: 'none',
      until: null,
    });
    expect(cap({ capping_status: 'NONE', cycle_end_timestamp: '0' })).toEqual({ level: 'none', until: null });
  });
});
