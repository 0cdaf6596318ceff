import type { Basics } from './basics.ts';
import type { KeyRing } from './config/key-encryption-key.ts';
import { cursorSecrets } from './config/secrets.ts';
import type { Database } from './database/database.ts';
import type { DeviceService } from './devices/device-service.ts';
import type { ApiInstance } from './http/fastify.ts';
import { createChatRepository } from './reports/chat-repository.ts';
import { chatRoutes } from './reports/chat-routes.ts';
import { type ChatService, type ChatServiceDeps, createChatService } from './reports/chat-service.ts';
import { createFiguresRepository } from './reports/figures-repository.ts';
import { figuresRoutes } from './reports/figures-routes.ts';
import { createFiguresService, type FiguresService } from './reports/figures-service.ts';
import { createHistoryRepository } from './reports/history-repository.ts';
import { historyRoutes } from './reports/history-routes.ts';
import { createHistoryService, type HistoryService } from './reports/history-service.ts';
import { createCursors } from './reports/page-cursor.ts';
import { createPairService, type PairService } from './reports/pair-service.ts';
import { createRecordRepository } from './reports/record-repository.ts';
import { recordRoutes } from './reports/record-routes.ts';
import { createRecordService, type GroupLinks, type RecordService } from './reports/record-service.ts';
import { createSearchRepository } from './reports/search-repository.ts';
import type { DefaultCountry } from './whatsapp/phone-number.ts';

interface ReportHostDeps extends Pick<Basics, 'config' | 'clock'> {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly deviceService: DeviceService;
  readonly groupLinks: GroupLinks;
  readonly keepsOf: ChatServiceDeps['keepsOf'];
}

/** What is read from history, and the records of devices as reports name them. */
export interface ReportHost {
  readonly records: RecordService;
  readonly history: HistoryService;
  readonly figures: FiguresService;
  readonly pairs: PairService;
  readonly chats: ChatService;
  readonly defaultCountry: DefaultCountry;
}

export function createReportHost(deps: ReportHostDeps): ReportHost {
  const { database, clock, deviceService, groupLinks, keepsOf, keyRing } = deps;
  const { timezone, whatsapp } = deps.config;
  const records = createRecordService({
    records: createRecordRepository({ database, clock }),
    devices: deviceService,
    groupLinks,
  });
  const history = createHistoryRepository({ database });
  const figures = createFiguresRepository({ database });
  const cursors = createCursors(cursorSecrets(keyRing));
  const common = { records, cursors, timezone, defaultCountry: whatsapp.defaultCountry };
  return {
    records,
    history: createHistoryService({ ...common, history, search: createSearchRepository({ database }) }),
    figures: createFiguresService({ ...common, figures, history, clock }),
    pairs: createPairService({ ...common, figures }),
    chats: createChatService({ chats: createChatRepository({ database }), records, keepsOf, cursors }),
    defaultCountry: whatsapp.defaultCountry,
  };
}

export function mountReports(
  api: ApiInstance,
  { prefix, ...reports }: ReportHost & { prefix: string },
): void {
  api.register(recordRoutes, { prefix, records: reports.records });
  api.register(historyRoutes, { prefix, history: reports.history });
  api.register(chatRoutes, { prefix, ...reports });
  api.register(figuresRoutes, { prefix, figures: reports.figures, pairs: reports.pairs });
}
