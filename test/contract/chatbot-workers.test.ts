import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChatbotRepository } from '../../src/chatbot/chatbot-repository.ts';
import { SECRET_PURPOSE, secretContext } from '../../src/chatbot/chatbot-secret.ts';
import { resealSecrets } from '../../src/chatbot/reseal-secrets.ts';
import type { Database } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRingSealer } from '../../src/shared/ring-sealer.ts';
import { createChatbotWorld, createEventList, emptyChatbotTables, SECRET } from '../support/chatbot-world.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('chatbots and their workers', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => emptyChatbotTables(database));

  describe('a worker that dies', () => {
    it('after the answer and before it is stored: asked again, one reply', async () => {
      const events = createEventList();
      const dying = createChatbotWorld({
        database,
        events,
        outbox: {
          async accept() {
            throw new Error('killed');
          },
        },
      });
      await dying.addDevice('ana');
      const bot = await dying.addBot();
      events.say('hello');
      await expect(dying.work()).rejects.toThrow('killed');
      const next = createChatbotWorld({ database, events });
      await next.settle();
      expect(next.asked).toEqual([]);
      await next.hurry();
      await next.settle();

      expect(next.asked.map(({ id }) => id)).toEqual(dying.asked.map(({ id }) => id));
      expect(await next.sent()).toHaveLength(1);
      expect(await next.turnsOf(bot.id)).toMatchObject([{ status: 'answered', attempts: 2 }]);
    });

    it('and was only slow: whoever is second stores nothing', async () => {
      const events = createEventList();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
      const slow = createChatbotWorld({
        database,
        events,
        async ask() {
          reach();
          await released;
          return { kind: 'answered', status: 200, replies: ['from the slow one'] };
        },
      });
      await slow.addDevice('ana');
      await slow.addBot();
      events.say('hello');
      const working = slow.work();
      await reached;
      const quick = createChatbotWorld({ database, events });
      await quick.hurry();
      await quick.settle();
      release();
      await working;

      expect((await quick.sent()).map(({ text }) => text)).toEqual(['hello']);
    });

    it('in order gives the attempt back', async () => {
      const here = createChatbotWorld({ database, ask: async () => ({ kind: 'aborted' }) });
      await here.addDevice('ana');
      const bot = await here.addBot();
      here.events.say('hello');
      await here.intake();
      const [turn] = await here.turnsOf(bot.id);
      await here.run(turn?.id ?? '');

      expect(await here.turnsOf(bot.id)).toMatchObject([{ status: 'pending', attempts: 0 }]);
      expect(await here.turns.due(bot.id, 10)).toEqual([turn?.id]);
    });
  });

  it('seal the secrets anew after a change of the master key, and need the earlier one no more', async () => {
    const bots = createChatbotRepository({ database });
    const [earlier, later] = [{ key: Buffer.alloc(32, 7) }, { key: Buffer.alloc(32, 8) }];
    const here = createChatbotWorld({ database });
    const { id, number } = await here.addBot();
    const sealer = createRingSealer({ ...later, previous: [earlier] }, SECRET_PURPOSE);
    await resealSecrets({ bots, sealer, clock: systemClock });

    const { secretSealed = '' } = (await bots.find(id)) ?? {};
    const open = (key: { key: Buffer }) =>
      createRingSealer({ ...key, previous: [] }, SECRET_PURPOSE).open(secretSealed, secretContext(number));
    expect(open(later)).toBe(SECRET);
    expect(() => open(earlier)).toThrow();
  });
});
