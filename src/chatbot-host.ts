import type { BackgroundWork, WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import type { BotEvents } from './chatbot/bot-events.ts';
import { createChatHistory } from './chatbot/chat-history.ts';
import { createChatbotIntake } from './chatbot/chatbot-intake.ts';
import { startChatbotLookout } from './chatbot/chatbot-lookout.ts';
import type { ChatbotNews } from './chatbot/chatbot-news.ts';
import { createChatbotRepository } from './chatbot/chatbot-repository.ts';
import { type ChatbotRunnerDeps, createChatbotRunner } from './chatbot/chatbot-runner.ts';
import { SECRET_PURPOSE } from './chatbot/chatbot-secret.ts';
import { type ChatbotService, createChatbotService } from './chatbot/chatbot-service.ts';
import { createBotCall } from './chatbot/endpoint-call.ts';
import { resealSecrets } from './chatbot/reseal-secrets.ts';
import { createTurnRepository } from './chatbot/turn-repository.ts';
import type { KeyRing } from './config/key-encryption-key.ts';
import type { Database } from './database/database.ts';
import { createEgress } from './egress/egress-client.ts';
import { createSystemResolver } from './egress/egress-resolver.ts';
import { measureChatbots } from './metrics/chatbot-metrics.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Outbox } from './outbox/outbox.ts';
import { createEventBus } from './shared/event-bus.ts';
import { createRingSealer } from './shared/ring-sealer.ts';
import type { Wakeups } from './wakeups/wakeups.ts';

export interface ChatbotHostDeps extends Basics {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly devices: ChatbotRunnerDeps['devices'];
  readonly outbox: Pick<Outbox, 'accept' | 'find'>;
  readonly events: BotEvents;
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
  readonly metrics: Metrics;
}

/** Programs that answer for our numbers: naming them, and asking them. */
export interface ChatbotHost {
  readonly chatbots: ChatbotService;
  readonly work: WorkToStart;
  /** Seals the secrets under the current master key. */
  reseal(): Promise<void>;
  /** Ends all connections to endpoints. */
  close(): Promise<void>;
}

/** Turns in work at once in this process, over all bots; each bot has a few places of these. */
const TURNS_AT_ONCE = 256;

export function createChatbotHost(deps: ChatbotHostDeps): ChatbotHost {
  const { database, keyRing, outbox, wakeups, config, clock } = deps;
  const egress = createEgress({ allowances: config.egressAllow, resolver: createSystemResolver(), clock });
  const bots = createChatbotRepository({ database });
  const turns = createTurnRepository({ database });
  const sealer = createRingSealer(keyRing, SECRET_PURPOSE);
  const timeoutMs = config.chatbotTimeoutMs;
  const ask = createBotCall({ egress, clock, timeoutMs });
  const news = createEventBus<ChatbotNews>((error) =>
    deps.log.error({ bus: 'chatbots', err: error }, 'an event listener failed'),
  );
  measureChatbots({ ...deps, news });
  const parts = { ...deps, news, bots, turns, sealer, ask, timeoutMs };
  const runner = createChatbotRunner({ ...parts, history: createChatHistory({ turns, outbox }) });
  wakeups.handle('chatbot', runner.run, { concurrency: TURNS_AT_ONCE });
  const startWork = (): BackgroundWork => {
    const lookout = startChatbotLookout({ ...parts, intake: createChatbotIntake(parts) });
    return {
      async stop() {
        runner.abort();
        await lookout.stop();
      },
    };
  };
  return {
    chatbots: createChatbotService({ ...parts, egress, defaultCountry: config.whatsapp.defaultCountry }),
    work: { chatbots: startWork },
    reseal: () => resealSecrets({ bots, sealer, clock }),
    close: egress.close,
  };
}
