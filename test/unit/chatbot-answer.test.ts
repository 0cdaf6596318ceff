import { describe, expect, it } from 'vitest';
import { readBotAnswer } from '../../src/chatbot/bot-answer-schemas.ts';
import { replyIds } from '../../src/chatbot/reply-ids.ts';

const LONG = 'x'.repeat(4097);

describe('the answer of a bot', () => {
  it.each<[string, readonly string[]]>([
    ['{"reply":"hello"}', ['hello']],
    ['{"messages":[{"message":"one"},{"text":"two"}]}', ['one', 'two']],
    ['{"reply":"hello","mood":"fine"}', ['hello']],
    ['', []],
    ['  \n', []],
    ['{"reply":""}', []],
    ['{"reply":null}', []],
    ['{"messages":[]}', []],
    ['{"reply":"half \\ud83d"}', ['half \ufffd']],
  ])('%j is understood', (body, replies) => {
    expect(readBotAnswer(body)).toEqual(replies);
  });

  it.each([
    'hello',
    '"hello"',
    'null',
    '[]',
    '{}',
    '{"reply":7}',
    '{"answer":"hello"}',
    '{"messages":"hello"}',
    '{"messages":[{"message":""}]}',
    '{"messages":[{}]}',
    `{"messages":[${Array.from({ length: 6 }, () => '{"text":"x"}').join()}]}`,
    JSON.stringify({ reply: LONG }),
    JSON.stringify({ messages: [{ message: LONG }] }),
    '{"reply":"cut off',
    '<html>503</html>',
  ])('%.40j is not', (body) => {
    expect(readBotAnswer(body)).toBeNull();
  });
});

describe('the ids of replies', () => {
  const TURN = '01K3ABCDEFGHJKMNPQRSTVWXYZ';

  it('are the same every time, of the usual shape, and in the order of the answer', () => {
    const ids = [0, 1, 2, 3, 4].map((index) => replyIds(TURN, index));

    expect([0, 1, 2, 3, 4].map((index) => replyIds(TURN, index))).toEqual(ids);
    for (const { id, waMessageId } of ids) {
      expect(id).toMatch(/^01K3ABCDEF[0-9A-HJKMNP-TV-Z]{16}$/);
      expect(waMessageId).toMatch(/^3EB0[0-9A-F]{18}$/);
    }
    expect(ids.map(({ id }) => id).toSorted()).toEqual(ids.map(({ id }) => id));
    expect(new Set(ids.map(({ waMessageId }) => waMessageId)).size).toBe(5);
  });

  it('differ for turns of one moment', () => {
    const other = replyIds('01K3ABCDEFGHJKMNPQRSTVWXZ0', 0);

    expect(other.id).not.toBe(replyIds(TURN, 0).id);
    expect(other.waMessageId).not.toBe(replyIds(TURN, 0).waMessageId);
  });
});
