import { expect, it } from 'vitest';
import type { Database, Statement } from '../../src/database/database.ts';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import { dialectOf } from '../../src/database/dialect.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { StoredReceivedMessage } from '../../src/messages/message.ts';
import { RECEIVED_COLUMNS, toReceivedValues } from '../../src/messages/message-rows.ts';
import { FencedError } from '../../src/shared/errors.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import {
  BUDI,
  createTestEventLog,
  eventOf,
  newEvent,
  newEvents,
  receivedMessage,
} from '../support/event-log.ts';

const storing = ({ dialect }: Database, message: StoredReceivedMessage): Statement => ({
  text: dialectOf(dialect).insertIgnore({ table: 'received_message', columns: RECEIVED_COLUMNS }),
  params: toReceivedValues(message),
});
const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

describeOnEachDatabase('the event log', (open) => {
  it('gives events back as they were added, in order and by pages', async () => {
    const log = createTestEventLog(await open());
    expect(await log.last()).toBe(0);
    expect(await log.after(0, 10)).toEqual([]);
    const data = { text: 'Zoë 😀 \u0000 "', list: [1, null], deep: { a: true } };
    const events = [newEvent({ data }), newEvent({ deviceId: BUDI, type: 'status' }), ...newEvents(5)];
    await log.append(events.slice(0, 3));
    await log.append(events.slice(3));
    await log.append([]);
    expect(await log.after(0, 100)).toEqual(events.map((event, index) => ({ ...event, seq: index + 1 })));
    expect(idsOf(await log.after(2, 3))).toEqual(idsOf(events.slice(2, 5)));
    expect(await log.last()).toBe(7);
    expect(await log.seqOf(events[4]?.id ?? '')).toBe(5);
    expect(await log.seqOf('01K0000000000000000000000Z')).toBeNull();
  });

  it('takes as many at once as there are', async () => {
    const log = createTestEventLog(await open());
    for (const count of [1, 2, 3, 127, 128, 129, 200, 300]) {
      const before = await log.last();
      const events = newEvents(count);
      await log.append(events);
      const numbered = events.map((event, index) => ({ ...event, seq: before + index + 1 }));
      expect(await log.after(before, 1000)).toEqual(numbered);
    }
  });

  it('adds all of a batch or nothing, and takes no number for nothing', async () => {
    const database = await open();
    const log = createTestEventLog(database);
    const [known, other] = [newEvent(), newEvent()];
    await log.append([known]);
    await expect(log.append([other, known])).rejects.toThrow(DuplicateKeyError);
    const guard = { text: 'select 1 from device where device_id = ?', params: ['nobody'] };
    const statements = log.statements([other]);
    await expect(database.writeAtomically({ guard, statements })).rejects.toThrow(FencedError);
    expect(idsOf(await log.after(0, 10))).toEqual([known.id]);
    expect(await log.last()).toBe(1);
    expect(log.statements([])).toEqual([]);
  });

  it('tells readers of this process', () =>
    open().then((database) => {
      const log = createTestEventLog(database);
      const told = Promise.withResolvers<void>();
      log.onAnnounced(told.resolve);
      return Promise.all([log.append([newEvent()]), told.promise]);
    }));

  it('keeps the order of commits while many processes write', async () => {
    const url = await open.freshUrl();
    const first = await open(url);
    await migrate(first, { log: silentLogger });
    const logs = [first, await open(url), await open(url)].map((database) => createTestEventLog(database));
    const read: { seq: number; id: string }[] = [];
    const [reader] = logs;
    if (!reader) throw new Error('there is nobody');
    const writers = logs.flatMap((log) =>
      [1, 2, 3].map(async (size) => {
        const mine: string[] = [];
        for (let round = 0; round < 10; round += 1) {
          const events = newEvents(size);
          await log.append(events);
          mine.push(...idsOf(events));
        }
        return mine;
      }),
    );
    let isWriting = true;
    const written = Promise.all(writers).finally(() => {
      isWriting = false;
    });
    const look = async () => void read.push(...(await reader.after(read.at(-1)?.seq ?? 0, 7)));
    while (isWriting) {
      await look();
      // Reading SQLite never leaves the turn of the event loop by itself, and the writers need theirs.
      await new Promise(setImmediate);
    }
    const mine = await written;
    const total = 3 * 10 * (1 + 2 + 3);
    while (read.length < total) await look();
    // Whoever read while others wrote saw what is there now: nothing appeared behind it.
    expect(idsOf(read)).toEqual(idsOf(await reader.after(0, 1000)));
    expect(read.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    const places = new Map(read.map(({ id }, index) => [id, index]));
    for (const order of mine) {
      const seen = order.map((id) => places.get(id));
      expect(seen).toEqual([...seen].sort((a = 0, b = 0) => a - b));
    }
  });

  it('shows nothing behind a transaction that takes its time', async () => {
    const url = await open.freshUrl();
    const first = await open(url);
    await migrate(first, { log: silentLogger });
    const [log, other] = [createTestEventLog(first), createTestEventLog(await open(url))];
    const before = newEvent();
    await log.append([before]);
    const [slow, quick] = [newEvent(), newEvent()];
    const taken = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const holding = first.exclusively(async (session) => {
      // On SQLite the session is a transaction already.
      if (open.dialect === 'mysql') await session.script('start transaction');
      for (const statement of log.statements([slow])) await session.run(statement);
      taken.resolve();
      await finish.promise;
      if (open.dialect === 'mysql') await session.script('commit');
    });
    await taken.promise;
    let isAdded = false;
    const adding = other.append([quick]).then(() => {
      isAdded = true;
    });
    expect(idsOf(await log.after(0, 10))).toEqual([before.id]);
    expect(await log.last()).toBe(1);
    expect(isAdded).toBe(false);
    finish.resolve();
    await Promise.all([holding, adding]);
    expect(idsOf(await log.after(0, 10))).toEqual(idsOf([before, slow, quick]));
  });

  it('adds events in the transaction of what they tell of, each message once', async () => {
    const database = await open();
    const log = createTestEventLog(database);
    const [one, two, three] = [receivedMessage(), receivedMessage(), receivedMessage()];
    const again = { ...two, id: receivedMessage().id };
    const take = async (...messages: StoredReceivedMessage[]) => {
      const events = messages.map(eventOf);
      const statements = messages.map((message) => storing(database, message));
      await database.writeAtomically({ statements: [...statements, ...log.statements(events)] });
      return idsOf(events);
    };
    const [first = '', second = ''] = await take(one, two);
    const [, third = ''] = await take(again, three);
    const after = newEvent();
    await log.append([after]);
    const events = await log.after(0, 10);
    expect(idsOf(events)).toEqual([first, second, third, after.id]);
    // Numbers may be left out, never given twice.
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 4, 5]);
    expect(await log.last()).toBe(5);
  });

  it('mixes events about messages with others, in their order', async () => {
    const database = await open();
    const log = createTestEventLog(database);
    const messages = [receivedMessage(), receivedMessage()];
    const [one, two] = messages.map(eventOf);
    if (!one || !two) throw new Error('there are no events');
    const events = [...newEvents(5), one, ...newEvents(2), two, newEvent()];
    const statements = messages.map((message) => storing(database, message));
    await database.writeAtomically({ statements: [...statements, ...log.statements(events)] });
    expect(idsOf(await log.after(0, 20))).toEqual(idsOf(events));
  });

  it('has messages as they are now, and holds no body itself', async () => {
    const database = await open();
    const log = createTestEventLog(database);
    const message = receivedMessage({ text: 'the secret of the soup' });
    await database.run(storing(database, message));
    await log.append([eventOf(message)]);
    const told = async () => (await log.after(0, 1))[0];
    expect(await told()).toMatchObject({
      type: 'message',
      messageId: message.id,
      data: { message: { messageId: message.waMessageId, direction: 'in', text: 'the secret of the soup' } },
    });
    expect(
      JSON.stringify(await database.query({ text: 'select * from event_log', params: [] })),
    ).not.toContain('soup');
    await database.run({ text: 'update received_message set text = null', params: [] });
    expect(await told()).toMatchObject({ data: { message: { messageId: message.waMessageId, text: null } } });
    await database.run({ text: 'delete from received_message', params: [] });
    expect(await told()).toMatchObject({ data: { message: null } });
  });
});
