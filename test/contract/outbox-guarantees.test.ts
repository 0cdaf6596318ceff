import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { NewOutboxMessage } from '../../src/outbox/outbox-message.ts';
import type { WaMessageId } from '../../src/shared/ids.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { createOutboxPart, forgetful, hasty } from '../support/outbox-part.ts';
import { deviceId, message, prepareOutbox, waId } from '../support/outbox-rows.ts';

const REFUSED = waId(1);
const refuseFirst = (waMessageId: WaMessageId) => (waMessageId === REFUSED ? 500 : null);

/** Promises of RELIABILITY.md, each with a control: the same without what keeps it. */
describeOnEachDatabase('the outbox of a process', (open) => {
  let opened: Promise<Database> | null = null;
  /** One for all tests, empty: to migrate one takes longer than what is done with it. */
  async function emptyDatabase(): Promise<Database> {
    opened ??= open();
    const database = await opened;
    await database.run({ text: 'delete from outbound_message', params: [] });
    return database;
  }

  /** A process that owns the device, and one that only takes requests. */
  async function startTwo() {
    const { database, clock } = await prepareOutbox(await emptyDatabase());
    const owner = createOutboxPart(database, { clock });
    const other = createOutboxPart(database, { clock });
    owner.connect();
    // The owner has read its rows: from here on it hears of others by rings or by its sweep.
    await owner.outbox.accept([message(9)]);
    await owner.passUntil(() => owner.told.some(({ status }) => status === 'server_ack'), 30_000);
    await other.outbox.accept([message(1)]);
    return { database, owner };
  }

  it('G4: finds by its sweep what another accepted and no ring told of', async () => {
    const { owner } = await startTwo();
    owner.outbox.start();
    expect(await owner.passUntil(() => owner.sent.includes(waId(1)), 30_000)).toBe(true);
    await owner.outbox.drain(1_000);
  });

  it('G4, control: without the sweep it is never sent', async () => {
    const { owner } = await startTwo();
    expect(await owner.passUntil(() => owner.sent.includes(waId(1)), 60_000)).toBe(false);
    expect(await owner.outbox.find(deviceId, waId(1))).toMatchObject({ status: 'queued', attempts: 0 });
  });

  /** How many of those who were told that their message is accepted find no row when the process dies at that moment. */
  async function acceptAndDie(database: Database & { die?(): void }): Promise<number> {
    const { clock } = await prepareOutbox(database);
    const { outbox } = createOutboxPart(database, { clock });
    const told: NewOutboxMessage[] = [];
    const missing = Promise.withResolvers<number>();
    const die = async () => {
      database.die?.();
      const rows = await Promise.all(told.map(({ waMessageId }) => outbox.find(deviceId, waMessageId)));
      missing.resolve(rows.filter((row) => row === null).length);
    };
    const accept = async (index: number) => {
      await outbox.accept([message(index)]);
      told.push(message(index));
      if (told.length === 10) await die();
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => accept(index)));
    return missing.promise;
  }

  it('G3: has stored what it says is accepted', async () => {
    expect(await acceptAndDie(await emptyDatabase())).toBe(0);
  });

  it('G3, control: that says so before the commit has lost what it accepted', async () => {
    const database = hasty(await emptyDatabase());
    expect(await acceptAndDie(database)).toBeGreaterThan(0);
  });

  /** One message is refused whenever it comes; the others are taken. */
  async function sendBeside(variant: (database: Database) => Database) {
    const { database, clock } = await prepareOutbox(await emptyDatabase());
    const part = createOutboxPart(variant(database), { clock, refusal: refuseFirst });
    await part.outbox.accept([1, 2, 3].map((number) => message(number)));
    part.connect();
    part.outbox.start();
    const isFailed = () => part.told.some(({ status }) => status === 'failed');
    const tries = () => part.sent.filter((each) => each === REFUSED).length;
    await part.passUntil(() => isFailed() || tries() > 7, 600_000);
    await part.outbox.drain(1_000);
    return { tries: tries(), row: await part.outbox.find(deviceId, REFUSED), sent: part.sent };
  }

  it('G15: gives up what is refused five times, and the others have long gone', async () => {
    const { tries, row, sent } = await sendBeside((database) => database);
    expect(row).toMatchObject({ status: 'failed', attempts: 5, error: { code: 'WA_500' } });
    expect(tries).toBe(5);
    const others = sent.slice(0, sent.lastIndexOf(REFUSED)).filter((each) => each !== REFUSED);
    expect(others).toEqual([2, 3].map(waId));
  });

  it('G15, control: without counting attempts it never ends', async () => {
    const { tries, row } = await sendBeside(forgetful);
    expect(tries).toBeGreaterThan(7);
    expect(row).not.toMatchObject({ status: 'failed' });
  });
});
