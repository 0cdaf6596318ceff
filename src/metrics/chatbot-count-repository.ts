import type { Database } from '../database/database.ts';

/** Counts over all chatbots, by the index their worker reads. Methods throw what Database throws. */
export function createChatbotCountRepository(database: Database) {
  return {
    /** Turns that were not asked yet, or will be asked again. */
    async waiting(): Promise<number> {
      const [row] = await database.query<{ waiting: number }>({
        text: "select count(*) as waiting from chatbot_turn where status = 'pending'",
        params: [],
      });
      return Number(row?.waiting ?? 0);
    },
  };
}
