import { z } from 'zod';

export const MOST_REPLIES = 5;
/** In characters, as for texts sent through the API. */
const MAX_TEXT_LENGTH = 4096;

const Text = z.string().min(1).max(MAX_TEXT_LENGTH);

const Reply = z.union([
  z.object({ message: Text }).transform(({ message }) => message),
  z.object({ text: Text }).transform(({ text }) => text),
]);

const Answer = z.union([
  z.object({ messages: z.array(Reply).max(MOST_REPLIES) }).transform(({ messages }) => messages),
  z
    .object({ reply: z.string().max(MAX_TEXT_LENGTH).nullable() })
    .transform(({ reply }) => (reply ? [reply] : [])),
]);

/**
 * What a bot wants to be sent, from the body of its answer: `{reply}` or `{messages: [{message} or {text}]}`. Nothing for an
 * empty body; null for what is neither.
 */
export function readBotAnswer(body: string): readonly string[] | null {
  if (body.trim() === '') return [];
  const answer = Answer.safeParse(parseJson(body));
  return answer.success ? answer.data.map((text) => text.toWellFormed()) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
