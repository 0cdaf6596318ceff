/** What a bot's secret is sealed for: the row of this number and no other. */
export function secretContext(number: string): string {
  return `chatbot:${number}`;
}

/** What secrets of bots are sealed for among everything under the master key. */
export const SECRET_PURPOSE = 'wafleet chatbot secret';
