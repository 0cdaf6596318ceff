import { describe, expect, it } from 'vitest';
import { type AnsweredTurn, CHAT_LIMITS, decideInChat } from '../../src/chatbot/loop-guard.ts';
import { decideTurn, type MessageFacts, OLDEST_MS } from '../../src/chatbot/turn-decision.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const MESSAGE: MessageFacts = {
  fromMe: false,
  chat: '6281200000002@s.whatsapp.net' as Jid,
  type: 'text',
  hasText: true,
  ageMs: 1_000,
  isFromOwnBot: false,
  answersGroups: false,
  hasEndpoint: true,
};

describe('whether a bot is asked about a message', () => {
  it.each<[string, Partial<MessageFacts>]>([
    ['a text', {}],
    ['a text from a hidden address', { chat: '123456789012345@lid' as Jid }],
    ['a picture without a caption', { type: 'image', hasText: false }],
    ['one as old as may be', { ageMs: OLDEST_MS }],
    ['one in a group it is set for', { chat: '120363000000000001@g.us' as Jid, answersGroups: true }],
  ])('asks about %s', (_what, facts) => {
    expect(decideTurn({ ...MESSAGE, ...facts })).toEqual({ kind: 'ask' });
  });

  it.each<[string, Partial<MessageFacts>]>([
    ['own-message', { fromMe: true }],
    ['broadcast', { chat: 'status@broadcast' as Jid }],
    ['channel', { chat: '120363000000000001@newsletter' as Jid }],
    ['group', { chat: '120363000000000001@g.us' as Jid }],
    ['not-a-message', { type: 'reaction' }],
    ['not-a-message', { type: 'edit' }],
    ['not-a-message', { type: 'revoke' }],
    ['text-not-kept', { hasText: false }],
    ['too-old', { ageMs: OLDEST_MS + 1 }],
    ['own-bot', { isFromOwnBot: true }],
    ['no-endpoint', { hasEndpoint: false }],
  ])('skips with the reason %s', (reason, facts) => {
    expect(decideTurn({ ...MESSAGE, ...facts })).toEqual({ kind: 'skip', reason });
  });

  it('never asks about what we wrote ourselves, whatever else holds', () => {
    const random = createSeededRandom(11);
    for (let run = 0; run < 500; run += 1) {
      const facts = anyFacts(random.next);
      if (facts.fromMe || facts.isFromOwnBot) expect(decideTurn(facts).kind).toBe('skip');
    }
  });
});

function anyFacts(chance: () => number): MessageFacts {
  const one = <Item>(...items: [Item, ...Item[]]): Item =>
    items[Math.floor(chance() * items.length)] ?? items[0];
  return {
    fromMe: one(true, false),
    chat: one('1@s.whatsapp.net', 'status@broadcast', '12@g.us', '1@lid', '1@newsletter') as Jid,
    type: one('text', 'image', 'reaction', 'poll'),
    hasText: one(true, false),
    ageMs: chance() * 2 * OLDEST_MS,
    isFromOwnBot: one(true, false),
    answersGroups: one(true, false),
    hasEndpoint: one(true, false),
  };
}

/** A conversation with a bot that always answers at once; resolves with the times of its answers. */
function converse(
  arrivals: (answers: readonly AnsweredTurn[], now: number) => { afterMs: number; text: string } | null,
  { turns, answerAfterMs = 100 }: { turns: number; answerAfterMs?: number },
): { answers: AnsweredTurn[]; reasons: string[] } {
  let now = Date.parse('2026-11-23T02:00:00Z');
  const answers: AnsweredTurn[] = [];
  const reasons: string[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const arrival = arrivals(answers, now);
    if (!arrival) break;
    now += arrival.afterMs;
    const receivedAt = new Date(now);
    const answered = answers.filter(({ answeredAt }) => now - answeredAt.getTime() < 3_600_000);
    const decision = decideInChat({ now: receivedAt, receivedAt, text: arrival.text, answered });
    if (decision.kind === 'skip') reasons.push(decision.reason);
    else {
      const sentAt = new Date(now + answerAfterMs);
      answers.unshift({ receivedAt, answeredAt: sentAt, sentAt, text: arrival.text });
      now += answerAfterMs;
    }
  }
  return { answers, reasons };
}

const inAnyWindow = (answers: readonly AnsweredTurn[], ms: number) =>
  Math.max(
    0,
    ...answers.map(
      ({ answeredAt: end }) =>
        answers.filter(({ answeredAt: at }) => at <= end && end.getTime() - at.getTime() < ms).length,
    ),
  );

describe('a chat with another program', () => {
  it('ends after three answers when the other side answers at once', () => {
    let said = 0;
    const { answers, reasons } = converse(
      (before) => {
        // It answers what it is told, and says nothing by itself.
        if (said > before.length) return null;
        said += 1;
        return { afterMs: 300, text: `message ${said}` };
      },
      { turns: 50 },
    );

    expect(answers).toHaveLength(CHAT_LIMITS.loopTurns);
    expect(reasons).toEqual(['loop']);
  });

  it('ends after three answers to one text, however slowly it is said', () => {
    const { answers, reasons } = converse(() => ({ afterMs: 10_000, text: 'Thank you!' }), { turns: 4 });

    expect(answers).toHaveLength(CHAT_LIMITS.loopTurns);
    expect(reasons).toEqual(['loop']);
  });

  it('goes on with somebody who takes three seconds to answer', () => {
    let said = 0;
    const { reasons } = converse(
      () => {
        said += 1;
        return { afterMs: 9_000, text: `question ${said}` };
      },
      { turns: 30 },
    );

    expect(reasons).toEqual([]);
  });

  it('answers a person who splits a thought into messages before the first answer', () => {
    const at = new Date('2026-11-23T02:00:00Z');
    const later = (ms: number) => new Date(at.getTime() + ms);
    const answered = [0, 500, 1_000].map((ms) => ({
      receivedAt: later(ms),
      answeredAt: later(4_000 + ms),
      sentAt: later(4_000 + ms),
      text: `part ${ms}`,
    }));

    const facts = { now: later(6_000), receivedAt: later(1_500), text: 'the last part', answered };
    expect(decideInChat({ ...facts, answered: answered.toReversed() })).toEqual({ kind: 'ask' });
  });

  it('never has more answers in a minute or an hour than the limits, whatever the other side does', () => {
    const random = createSeededRandom(7);
    for (let run = 0; run < 30; run += 1) {
      const pace = 200 + random.next() * 40_000;
      const vocabulary = 1 + Math.floor(random.next() * 20);
      const { answers } = converse(
        () => ({
          afterMs: random.next() * pace,
          text: `text ${Math.floor(random.next() * vocabulary)}`,
        }),
        { turns: 300, answerAfterMs: 1 + random.next() * 3_000 },
      );

      expect(inAnyWindow(answers, 60_000)).toBeLessThanOrEqual(CHAT_LIMITS.perMinute);
      expect(inAnyWindow(answers, 3_600_000)).toBeLessThanOrEqual(CHAT_LIMITS.perHour);
    }
  });
});
