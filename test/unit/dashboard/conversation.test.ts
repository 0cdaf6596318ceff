import { describe, expect, it } from 'vitest';
import type { HistoryMessage } from '../../../src/dashboard/ui/api/history-types.ts';
import { createSoon } from '../../../src/dashboard/ui/lib/soon.ts';
import {
  type Conversation,
  changed,
  localId,
  merged,
  reactionCounts,
  withNewer,
  withNewest,
  withOlder,
  withReactions,
} from '../../../src/dashboard/ui/pages/chats/conversation.ts';
import { perDay, perDevice } from '../../../src/dashboard/ui/pages/reports/daily.ts';
import { daysOf, periodOf } from '../../../src/dashboard/ui/pages/reports/period.ts';

function message(minute: number, fields: Partial<HistoryMessage> = {}): HistoryMessage {
  return {
    id: `m${minute}`,
    messageId: `WA${minute}`,
    chat: '6281200000001@s.whatsapp.net',
    from: '6281200000001@s.whatsapp.net',
    fromMe: false,
    ownNumber: '6281100000001',
    senderNumber: '6281200000001',
    isGroup: false,
    pushName: null,
    type: 'text',
    text: `at ${minute}`,
    media: null,
    quotedMessageId: null,
    reactions: null,
    timestamp: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    editedAt: null,
    revokedAt: null,
    status: 'received',
    ...fields,
  };
}

const ids = ({ messages }: Pick<Conversation, 'messages'>) => messages.map(({ id }) => id);
const now: Conversation = { messages: [message(5), message(6)], older: 'c1', newer: null };

describe('a conversation', () => {
  it('grows at its ends, each message once and in order', () => {
    const older = withOlder(now, { items: [message(5), message(4)], nextCursor: null });
    expect(ids(older)).toEqual(['m4', 'm5', 'm6']);
    expect(older.older).toBe(null);
    const newer = withNewer({ ...now, newer: 'c2' }, { items: [message(7)], nextCursor: 'c3' });
    expect(ids(newer)).toEqual(['m5', 'm6', 'm7']);
    expect(newer.newer).toBe('c3');
  });

  it('takes the newest page again, and stands alone where something between is missing', () => {
    const next = { items: [message(7), message(6, { text: 'edited' })], nextCursor: 'c9' };
    const grown = withNewest(now, next);
    expect(grown.messages.map(({ text }) => text)).toEqual(['at 5', 'edited', 'at 7']);
    expect(grown.older).toBe('c1');
    const far = withNewest(now, { items: [message(90), message(91)], nextCursor: 'c9' });
    expect(far).toMatchObject({ older: 'c9', newer: null });
    expect(ids(far)).toEqual(['m90', 'm91']);
    const before = { ...now, newer: 'c2' };
    expect(withNewest(before, next)).toBe(before);
  });

  it('shows what was sent from here until history tells of it', () => {
    const sent = message(8, { id: localId('WA8'), fromMe: true, status: 'queued' });
    const shown = merged(now.messages, [sent]);
    expect(shown.map(({ id }) => id)).toEqual(['m5', 'm6', 'local-WA8']);
    const told = merged(shown, [message(8)]);
    expect(told.map(({ id }) => id)).toEqual(['m5', 'm6', 'm8']);
    expect(merged(told, [sent]).map(({ id }) => id)).toEqual(['m5', 'm6', 'm8']);
  });

  it('changes one message', () => {
    const read = changed(now, 'WA6', { status: 'read' });
    expect(read.messages.map(({ status }) => status)).toEqual(['received', 'read']);
  });

  it('shows a reaction that history keeps by itself with its message', () => {
    const alone = message(7, { type: 'reaction', text: '👍', from: 'citra', quotedMessageId: 'WA6' });
    const [, six, ...rest] = withReactions([...now.messages, alone]);
    expect(six?.reactions).toEqual({ citra: '👍' });
    expect(rest).toEqual([]);
    const stray = [...now.messages, { ...alone, quotedMessageId: 'WA99' }];
    expect(withReactions(stray)).toBe(stray);
  });

  it('counts reactions, those taken back not', () => {
    expect(reactionCounts({ a: '👍', b: '❤️', c: '❤️', d: '' })).toEqual([
      ['❤️', 2],
      ['👍', 1],
    ]);
    expect(reactionCounts(null)).toEqual([]);
  });
});

describe('soon', () => {
  it('does once what was asked for several times, and not at all after it was stopped', () => {
    const waiting: (() => void)[] = [];
    let done = 0;
    const clock = {
      after: (_: number, act: () => void) => {
        waiting.push(act);
        return () => void waiting.splice(waiting.indexOf(act), 1);
      },
    };
    const soon = createSoon(clock, 300, () => {
      done += 1;
    });
    soon.ask();
    soon.ask();
    expect(waiting).toHaveLength(1);
    waiting.shift()?.();
    soon.ask();
    expect([done, waiting.length]).toEqual([1, 1]);
    soon.stop();
    expect([done, waiting.length]).toEqual([1, 0]);
  });
});

describe('a report', () => {
  const line = (date: string, deviceId: string, total: number) => ({
    date,
    deviceId,
    total,
    incoming: total,
    outgoing: 0,
  });

  it('is on the last 30 days unless the address says which', () => {
    const noon = Date.UTC(2026, 2, 31, 12);
    expect(daysOf(periodOf({}, noon))).toHaveLength(30);
    expect(daysOf(periodOf({ days: '7' }, noon)).at(-1)).toBe('2026-03-31');
    expect(periodOf({ from: '2026-01-01', to: '2026-01-02' }, noon)).toEqual({
      from: '2026-01-01',
      to: '2026-01-02',
    });
    expect(daysOf(periodOf({ from: '<b>', to: '2026-13-45', days: '9999999' }, noon))).toHaveLength(30);
    expect(daysOf({ from: '2020-01-01', to: '2026-01-01' })).toHaveLength(366);
  });

  it('has a bar for every day, also for those without messages, and bundles long periods', () => {
    const figures = [line('2026-01-01', 'a', 2), line('2026-01-01', 'b', 3), line('2026-01-03', 'a', 1)];
    const days = daysOf({ from: '2026-01-01', to: '2026-01-03' });
    expect(perDay(figures, days, (day) => day).map(({ value }) => value)).toEqual([5, 0, 1]);
    const year = perDay(figures, daysOf({ from: '2026-01-01', to: '2026-12-31' }), (day) => day);
    expect(year.length).toBeLessThanOrEqual(62);
    expect(year.reduce((sum, { value }) => sum + value, 0)).toBe(6);
    expect(perDevice(figures, (id) => id)).toEqual([
      { label: 'a', value: 3 },
      { label: 'b', value: 3 },
    ]);
  });
});
