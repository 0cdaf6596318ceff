import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BotOutcome } from '../../src/chatbot/endpoint-call.ts';
import type { Database } from '../../src/database/database.ts';
import {
  createChatbotWorld,
  emptyChatbotTables,
  failed,
  OWN_NUMBER,
  SECRET,
} from '../support/chatbot-world.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('chatbots', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => emptyChatbotTables(database));

  /** One device, one bot, and an endpoint that answers like this. */
  async function world(ask?: () => Promise<BotOutcome>) {
    const it = createChatbotWorld({ database, ...(ask && { ask }) });
    await it.addDevice('ana');
    const bot = await it.addBot();
    return Object.assign(it, { bot });
  }

  describe('a message', () => {
    it('is asked about once and answered once, under the id of its event', async () => {
      const { events, work, asked, sent, told, turnsOf, bot } = await world();
      const event = events.say('Open today?');
      await work();

      expect(asked).toHaveLength(1);
      expect(told).toMatchObject([{ status: 'answered', reason: null }]);
      expect(asked[0]).toMatchObject({ url: 'https://bot.example/answer', secret: SECRET, id: event.id });
      expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
        id: event.id,
        type: 'message',
        timestamp: event.at.toISOString(),
        deviceId: 'ana',
        data: { message: event.data.message },
      });
      expect(await sent()).toMatchObject([
        { text: 'hello', to: '6281200000002@s.whatsapp.net', source: 'chatbot', status: 'queued' },
      ]);
      expect(await turnsOf(bot.id)).toMatchObject([
        { status: 'answered', replies: 1, attempts: 1, eventId: event.id, messageId: event.messageId },
      ]);
    });

    it('has one turn, whoever reads the events how often', async () => {
      const here = await world();
      const there = createChatbotWorld({ database, events: here.events });
      for (const text of ['one', 'two', 'three'])
        here.events.say(text, { chat: `62812${text.length}@s.whatsapp.net` });
      await Promise.all([here.intake(), there.intake(), here.intake(), there.intake()]);
      await database.run({ text: 'update chatbot set cursor_seq = 0', params: [] });
      const afterwards = createChatbotWorld({ database, events: here.events });
      await afterwards.intake();

      expect(await here.turnsOf(here.bot.id)).toHaveLength(3);
      expect((await here.bots.active())[0]?.cursor).toBe(3);
    });

    it('to somebody else moves the place of a bot from time to time only', async () => {
      const { events, intake, bots, turnsOf, bot } = await world();
      const cursor = async () => (await bots.active())[0]?.cursor;
      for (let count = 0; count < 1_000; count += 1) events.say('hello', {}, { deviceId: 'dewi' });
      await intake();
      expect(await cursor()).toBe(0);
      events.say('hello', {}, { deviceId: 'dewi' });
      await intake();
      expect(await cursor()).toBe(1_001);
      events.say('hello');
      await intake();

      expect(await cursor()).toBe(1_002);
      expect(await turnsOf(bot.id)).toHaveLength(1);
    });

    it('is not read past when the turns cannot be stored', async () => {
      const { events, intake, bots, turns, turnsOf, bot } = await world();
      events.say('one');
      const id = 'x'.repeat(200);
      const broken = { id, chatbotId: bot.id } as Parameters<typeof turns.begin>[0][number];
      await expect(turns.begin([broken], { seq: 1, botIds: [bot.id], at: new Date() })).rejects.toThrow();
      expect((await bots.active())[0]?.cursor).toBe(0);
      await intake();

      expect(await turnsOf(bot.id)).toHaveLength(1);
    });

    it('is answered with up to five messages in their order', async () => {
      const replies = ['1', '2', '3', '4', '5'];
      const { events, work, sent } = await world(async () => ({ kind: 'answered', status: 200, replies }));
      events.say('count');
      await work();

      expect((await sent()).map(({ text }) => text)).toEqual(replies);
    });

    it('may have no answer', async () => {
      const { events, work, sent, turnsOf, bot } = await world(async () => ({
        kind: 'answered',
        status: 204,
        replies: [],
      }));
      events.say('thanks');
      await work();

      expect(await sent()).toEqual([]);
      expect(await turnsOf(bot.id)).toMatchObject([{ status: 'answered', replies: 0 }]);
    });

    it.each([
      ['own-message', { fromMe: true }],
      ['group', { chat: '120363000000000001@g.us' }],
      ['broadcast', { chat: 'status@broadcast' }],
      ['not-a-message', { type: 'reaction' }],
      ['too-old', { timestamp: '2020-01-01T00:00:00.000Z' }],
    ])('is skipped with the reason %s', async (reason, fields) => {
      const { events, work, asked, turnsOf, bot } = await world();
      events.say('hello', fields);
      await work();

      expect(asked).toEqual([]);
      expect(await turnsOf(bot.id)).toMatchObject([{ status: 'skipped', reason, attempts: 0 }]);
    });

    it.each([
      ['by its number', { chat: '6281200000009@s.whatsapp.net', chatAlt: null }],
      ['by its hidden id', { chat: '96281200000009@lid', chatAlt: null }],
      ['as the author in a group', { chat: '120363000000000001@g.us', from: '6281200000009@s.whatsapp.net' }],
    ])('from another bot of ours is skipped, known %s', async (_how, fields) => {
      const here = createChatbotWorld({ database });
      await here.addDevice('ana');
      await here.addDevice('budi', '6281200000009', 2);
      const bot = await here.addBot({ answersGroups: true });
      await here.addBot({ number: '6281200000009' });
      here.events.say('hello', fields);
      await here.work();

      expect(await here.turnsOf(bot.id)).toMatchObject([{ status: 'skipped', reason: 'own-bot' }]);
    });

    it('of a device with another number is none of the bot’s business', async () => {
      const { events, work, turnsOf, bot, addDevice } = await world();
      await addDevice('citra', '6281200000003', 3);
      events.say('hello', {}, { deviceId: 'citra' });
      await work();

      expect(await turnsOf(bot.id)).toEqual([]);
    });

    it('that two devices of one number received is answered by one of them', async () => {
      const { events, work, turnsOf, bot, addDevice } = await world();
      await addDevice('ana-2', OWN_NUMBER, 2);
      events.say('hello');
      events.say('hello', {}, { deviceId: 'ana-2' });
      await work();

      expect(await turnsOf(bot.id)).toMatchObject([{ deviceId: 'ana' }]);
    });
  });

  describe('an endpoint that fails', () => {
    it('is asked three times under one id, then the turn failed', async () => {
      const { events, work, settle, hurry, asked, sent, rings, turnsOf, bot } = await world(async () =>
        failed(500),
      );
      const event = events.say('hello');
      await work();
      const [waiting] = await turnsOf(bot.id);
      expect(waiting).toMatchObject({ status: 'pending', attempts: 1, reason: 'http-500' });
      expect(rings.at(-1)?.id).toBe(waiting?.id);
      for (let again = 0; again < 5; again += 1) {
        await hurry();
        await settle();
      }

      expect(asked.map(({ id }) => id)).toEqual([event.id, event.id, event.id]);
      expect(await sent()).toEqual([]);
      expect(await turnsOf(bot.id)).toMatchObject([{ status: 'failed', attempts: 3, reason: 'http-500' }]);
    });

    it('is not asked again about what it refused for good', async () => {
      const { events, work, asked, turnsOf, bot } = await world(async () => failed(404));
      events.say('hello');
      await work();

      expect(asked).toHaveLength(1);
      expect(await turnsOf(bot.id)).toMatchObject([{ status: 'failed', reason: 'http-404' }]);
    });

    it('holds up its own chat and no other', async () => {
      let isDown = true;
      const here = await world(async () =>
        isDown ? failed(503) : { kind: 'answered', status: 200, replies: ['hello'] },
      );
      here.events.say('first');
      await here.work();
      isDown = false;
      here.events.say('second');
      here.events.say('elsewhere', { chat: '6281200000003@s.whatsapp.net' });
      await here.work();
      expect((await here.sent()).map(({ to }) => to)).toEqual(['6281200000003@s.whatsapp.net']);
      await here.hurry();
      await here.settle();

      const texts = here.asked.map(({ body }) => JSON.parse(body).data.message.text);
      expect(texts).toEqual(['first', 'elsewhere', 'first', 'second']);
    });
  });

  it('a bot that is switched off is asked nothing more', async () => {
    const { events, intake, settle, bots, bot, asked, turnsOf } = await world();
    events.say('hello');
    await intake();
    await bots.change(bot.id, { status: 'nonaktif' }, new Date());
    events.say('still there?');
    await intake();
    await settle();

    expect(asked).toEqual([]);
    expect(await turnsOf(bot.id)).toMatchObject([{ status: 'skipped', reason: 'bot-off' }]);
  });

  it('the same text is answered three times in a minute, not four', async () => {
    const { events, work, asked, turnsOf, bot } = await world();
    for (let time = 0; time < 4; time += 1) {
      const { messageId } = events.say('Thank you!');
      await database.run({
        text: `insert into received_message (id, device_id, chat_jid, participant_jid, from_me, wa_message_id, type, text,
          message_timestamp, received_at) values (?, 'ana', '62@s', '', ?, ?, 'text', 'Thank you!', ?, ?)`,
        params: [messageId, false, `W${time}`, new Date(), new Date()],
      });
      await work();
    }

    expect(asked).toHaveLength(3);
    expect((await turnsOf(bot.id))[0]).toMatchObject({ status: 'skipped', reason: 'loop' });
  });

  it('forgets turns that ended', async () => {
    const { events, work, turns, turnsOf, bot } = await world();
    events.say('hello');
    await work();
    await turns.purge(new Date(Date.now() - 60_000));
    expect(await turnsOf(bot.id)).toHaveLength(1);
    await turns.purge(new Date(Date.now() + 60_000));

    expect(await turnsOf(bot.id)).toEqual([]);
  });

  it('removes a bot with its turns', async () => {
    const { events, work, bots, bot, turnsOf } = await world();
    events.say('hello');
    await work();

    expect(await bots.remove(bot.id)).toBe(true);
    expect(await bots.remove(bot.id)).toBe(false);
    expect(await turnsOf(bot.id)).toEqual([]);
  });
});
