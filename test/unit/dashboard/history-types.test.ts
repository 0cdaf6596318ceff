import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type * as ui from '../../../src/dashboard/ui/api/history-types.ts';
import type { PollVotesSchema } from '../../../src/messages/message-schemas.ts';
import type { ChatListSchema } from '../../../src/reports/chat-schemas.ts';
import type {
  ContactListSchema,
  DailyListSchema,
  HistoryMessageSchema,
  SearchListSchema,
  StatsSchema,
} from '../../../src/reports/report-schemas.ts';

/** The compiler compares: what the server answers must be what the pages read. */
it('the shapes of history and reports the pages read are those the server answers', () => {
  expectTypeOf<z.output<typeof HistoryMessageSchema>>().toExtend<ui.HistoryMessage>();
  expectTypeOf<z.output<typeof ChatListSchema>>().toExtend<ui.ChatPage>();
  expectTypeOf<z.output<typeof SearchListSchema>>().toExtend<ui.FoundPage>();
  expectTypeOf<z.output<typeof PollVotesSchema>>().toExtend<ui.PollVotes>();
  expectTypeOf<z.output<typeof StatsSchema>>().toExtend<ui.MessageStats>();
  expectTypeOf<z.output<typeof DailyListSchema>['items'][number]>().toExtend<ui.DailyFigures>();
  expectTypeOf<z.output<typeof ContactListSchema>['items'][number]>().toExtend<ui.NumberContact>();
});
