import type { BotEvent, BotEvents } from '../../src/chatbot/bot-events.ts';
import { createChatHistory } from '../../src/chatbot/chat-history.ts';
import { createChatbotIntake } from '../../src/chatbot/chatbot-intake.ts';
import type { ChatbotNews } from '../../src/chatbot/chatbot-news.ts';
import { createChatbotRepository } from '../../src/chatbot/chatbot-repository.ts';
import { createChatbotRunner } from '../../src/chatbot/chatbot-runner.ts';
import { SECRET_PURPOSE, secretContext } from '../../src/chatbot/chatbot-secret.ts';
import type { AskBot, BotOutcome, BotQuestion } from '../../src/chatbot/endpoint-call.ts';
import { createTurnRepository } from '../../src/chatbot/turn-repository.ts';
import type { Database } from '../../src/database/database.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createRingSealer } from '../../src/shared/ring-sealer.ts';

export const OWN_NUMBER = '6281200000001';
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface WorldOptions {
  readonly database: Database;
  readonly clock?: Clock;
  /** What the endpoint of every bot answers. */
  readonly ask?: AskBot;
  readonly events?: ReturnType<typeof createEventList>;
  readonly outbox?: Parameters<typeof createChatbotRunner>[0]['outbox'];
}

/** Chatbots as one process has them, on a real database and the real rows of the outbox, with an event log in memory. */
export function createChatbotWorld({ database, clock = systemClock, ...options }: WorldOptions) {
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const events = options.events ?? createEventList();
  const asked: BotQuestion[] = [];
  const rings: { id: string; at: Date | undefined }[] = [];
  const wakeups = {
    async ring(_topic: string, id: string, at?: Date) {
      rings.push({ id, at });
    },
  };
  const answer = options.ask ?? (async () => ({ kind: 'answered', status: 200, replies: ['hello'] }));
  const bots = createChatbotRepository({ database });
  const turns = createTurnRepository({ database });
  const rows = createOutboxRepository({ database, clock });
  const sealer = createRingSealer({ key: Buffer.alloc(32, 7), previous: [] }, SECRET_PURPOSE);
  const parts = { bots, turns, events, wakeups, ids, clock, log: silentLogger };
  const told: ChatbotNews[] = [];
  const runner = createChatbotRunner({
    ...parts,
    news: { publish: (news) => void told.push(news) },
    devices: { find: async () => ({}) },
    history: createChatHistory({ turns, outbox: rows }),
    outbox: options.outbox ?? { accept: (messages, companions) => rows.add(messages, companions) },
    sealer,
    timeoutMs: 15_000,
    async ask(question) {
      asked.push(question);
      return answer(question);
    },
  });

  const intake = createChatbotIntake(parts);
  const settle = async (): Promise<void> => {
    for (;;) {
      const due = (await Promise.all((await turns.botsWithDue(100)).map((id) => turns.due(id, 100)))).flat();
      if (due.length === 0) return;
      await Promise.all(due.map((id) => runner.run(id)));
    }
  };

  return {
    ...parts,
    ...runner,
    intake,
    asked,
    rings,
    told,
    /** A device of ours with this number. */
    async addDevice(deviceId: string, number = OWN_NUMBER, record = 1): Promise<void> {
      const at = new Date();
      await database.run({
        text: `insert into device (device_id, record_number, tags, settings, desired, link_state, phone_number, lid, last_status,
          created_at, updated_at) values (?, ?, '[]', '{}', 'running', 'linked', ?, ?, 'connected', ?, ?)`,
        params: [deviceId, record, number, `9${number}@lid`, at, at],
      });
    },
    async addBot(fields: Partial<Parameters<typeof bots.add>[0]> = {}) {
      const number = fields.number ?? OWN_NUMBER;
      const bot = await bots.add(
        {
          number,
          deviceId: null,
          endpointUrl: 'https://bot.example/answer',
          secretSealed: sealer.seal(SECRET, secretContext(number)),
          status: 'aktif',
          answersGroups: false,
          ...fields,
        },
        { at: new Date(), cursor: await events.last() },
      );
      if (!bot) throw new Error('the number has a bot already');
      return bot;
    },
    /** Reads the events, then does what is due until nothing is. */
    async work(): Promise<void> {
      await intake();
      await settle();
    },
    settle,
    turnsOf: (chatbotId: number) => turns.page({ chatbotId, limit: 500 }),
    async sent(deviceId = 'ana') {
      return (await rows.page({ deviceId: deviceId as DeviceId, limit: 500 })).toReversed();
    },
    /** Makes every waiting turn due. */
    hurry: () =>
      database.run({
        text: "update chatbot_turn set next_attempt_at = ? where status = 'pending'",
        params: [new Date(0)],
      }),
  };
}

/** For tests that share a database: a fresh one takes longer than any of them. */
export async function emptyChatbotTables(database: Database): Promise<void> {
  const tables = ['chatbot_turn', 'chatbot', 'device', 'outbound_message', 'received_message'];
  await database.writeAtomically({
    statements: tables.map((table) => ({ text: `delete from ${table}`, params: [] })),
  });
}

export const failed = (status: number): BotOutcome => ({
  kind: 'failed',
  status,
  reason: `http-${status}`,
  isPassing: status >= 500,
});

/** An event log of messages. */
export function createEventList() {
  const all: BotEvent[] = [];
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const events: BotEvents = {
    after: async (seq, limit) => all.filter((event) => event.seq > seq).slice(0, limit),
    seqOf: async (id) => all.find((event) => event.id === id)?.seq ?? null,
    last: async () => all.at(-1)?.seq ?? 0,
    onAnnounced: () => () => {},
  };
  return {
    ...events,
    /** A message that reached a device just now. */
    say(text: string, fields: object = {}, { deviceId = 'ana', at = new Date() } = {}): BotEvent {
      const event: BotEvent = {
        seq: all.length + 1,
        id: ids.next(),
        type: 'message',
        deviceId: deviceId as DeviceId,
        messageId: ids.next(),
        at,
        data: {
          message: {
            chat: '6281200000002@s.whatsapp.net',
            chatAlt: '555000000000002@lid',
            from: '6281200000002@s.whatsapp.net',
            fromMe: false,
            type: 'text',
            text,
            timestamp: at.toISOString(),
            ...fields,
          },
        },
      };
      all.push(event);
      return event;
    },
  };
}
