import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { DuplicateKeyError } from '../../src/database/database-error.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { AcceptedWork, RequestIdentity } from '../../src/http/idempotency.ts';
import { createIdempotencyRepository } from '../../src/idempotency/idempotency-repository.ts';
import { createIdempotencyService } from '../../src/idempotency/idempotency-service.ts';
import { AppError } from '../../src/shared/errors.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const identity = (fields: Partial<RequestIdentity> = {}): RequestIdentity => ({
  owner: 'key-1',
  key: 'order 7',
  route: 'POST /devices/:deviceId/send-message',
  digest: 'a'.repeat(64),
  ...fields,
});
const HOUR_MS = 3_600_000;

type Records = ReturnType<typeof createIdempotencyRepository>;

interface Plan {
  readonly name: string;
}
interface Answer {
  readonly status: number;
  readonly body: { readonly name: string; readonly told: number };
}

describeOnEachDatabase('idempotent requests', (open) => {
  /** A process of its own on the same database; its work makes one row of `setting` for each time it is done. */
  async function startProcess(url?: string, variant = (records: Records) => records) {
    const database = await open(url);
    const clock = createManualClock();
    const records = variant(createIdempotencyRepository({ database }));
    const service = createIdempotencyService({ records, clock, log: silentLogger });
    const told = { accepts: 0, answers: 0 };
    const work: AcceptedWork<Plan, Answer> = {
      async accept(beside) {
        told.accepts += 1;
        const plan = { name: `row ${process.hrtime.bigint()}` };
        const row = {
          text: 'insert into setting (name, value, updated_at) values (?, ?, ?)',
          params: [plan.name, '1', clock.now()],
        };
        await database.writeAtomically({ statements: [row, ...beside(plan, plan.name)] });
        return plan;
      },
      async answer({ name }) {
        told.answers += 1;
        return { status: 200, body: { name, told: told.answers } };
      },
    };
    return { database, clock, records, service, work, told };
  }
  const rows = async (database: Database) =>
    (await database.query({ text: "select name from setting where name like 'row %'", params: [] })).length;

  /** A hundred requests with one key, half of them to each of two processes. */
  async function askHundred(variant: (records: Records) => Records = (records) => records) {
    const url = await open.freshUrl();
    await migrate(await open(url), { log: silentLogger });
    const processes = [await startProcess(url, variant), await startProcess(url, variant)];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        processes.map(({ service, work }) => service.run(identity(), work)),
      ).flat(),
    );
    const told = new Set(outcomes.map((outcome) => JSON.stringify({ ...outcome, replayed: null })));
    return { outcomes, told, rows: await rows(await open(url)) };
  }

  it('G27: a hundred at once, in two processes, do the work once and all tell the same', async () => {
    const { outcomes, told, rows: done } = await askHundred();
    expect(done).toBe(1);
    expect([...told]).toHaveLength(1);
    expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ answer: { status: 200 } });
  });

  it('G27, control: with a key that two may take, each process does the work', async () => {
    let taken = 0;
    const { told, rows: done } = await askHundred((records) => ({
      ...records,
      take(asked, work) {
        taken += 1;
        return records.take({ ...asked, key: `${asked.key} ${process.hrtime.bigint()} ${taken}` }, work);
      },
    }));
    expect(done).toBeGreaterThan(1);
    expect(told.size).toBeGreaterThan(1);
  });

  it('without a key every request does its work', async () => {
    const { service, work, database } = await startProcess();
    const outcomes = [await service.run(null, work), await service.run(null, work)];
    expect(outcomes.map(({ replayed }) => replayed)).toEqual([false, false]);
    expect(await rows(database)).toBe(2);
  });

  it('refuses the key for another request, also while the first is under way', async () => {
    const { service, work, database } = await startProcess();
    const under = service.run(identity(), work);
    const other = identity({ digest: 'b'.repeat(64) });
    await expect(service.run(other, work)).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    await under;
    await expect(service.run(other, work)).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect(await rows(database)).toBe(1);
  });

  it('lets two callers use the same key, and tells upper case from lower case', async () => {
    const { service, work, database } = await startProcess();
    await service.run(identity(), work);
    await service.run(identity({ owner: 'key-2' }), work);
    await service.run(identity({ key: 'ORDER 7' }), work);
    expect(await rows(database)).toBe(3);
  });

  it('reads the answer from the rows when the process ended between the two', async () => {
    const { service, work, database, records, clock } = await startProcess();
    const crash = { ...work, answer: () => Promise.reject(new Error('the process ended')) };
    await expect(service.run(identity(), crash)).rejects.toThrow('the process ended');
    const restarted = createIdempotencyService({ records, clock, log: silentLogger });
    const outcome = await restarted.run(identity(), work);
    expect(outcome).toMatchObject({ replayed: true, answer: { body: { told: 1 } } });
    expect(await restarted.run(identity(), work)).toEqual(outcome);
    expect(await rows(database)).toBe(1);
  });

  it('keeps a refusal that would be the same again', async () => {
    const { service, work, told } = await startProcess();
    const refused = new AppError('SEND_REFUSED', { messageId: '3EB0', code: 463 });
    const failing = {
      ...work,
      async answer(): Promise<Answer> {
        told.answers += 1;
        throw refused;
      },
    };
    const first = await service.run(identity(), failing);
    const second = await service.run(identity(), failing);
    expect([first.replayed, second.replayed, told.answers]).toEqual([false, true, 1]);
    expect(second).toMatchObject({ failure: { code: 'SEND_REFUSED', details: refused.details } });
  });

  it('asks again after a failure that may pass', async () => {
    const { service, work, database } = await startProcess();
    const away = { ...work, answer: () => Promise.reject(new AppError('DATABASE_UNAVAILABLE')) };
    await expect(service.run(identity(), away)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await service.run(identity(), work)).toMatchObject({ replayed: true, answer: { status: 200 } });
    expect(await rows(database)).toBe(1);
  });

  it('leaves the key free when nothing was accepted', async () => {
    const { service, work, database } = await startProcess();
    const refusing = { ...work, accept: () => Promise.reject(new AppError('DEVICE_NOT_CONNECTED')) };
    await expect(service.run(identity(), refusing)).rejects.toMatchObject({ code: 'DEVICE_NOT_CONNECTED' });
    const clashing = { ...work, accept: () => Promise.reject(new DuplicateKeyError('another row')) };
    await expect(service.run(identity(), clashing)).rejects.toThrow(DuplicateKeyError);
    expect(await service.run(identity({ digest: 'c'.repeat(64) }), work)).toMatchObject({ replayed: false });
    expect(await rows(database)).toBe(1);
  });

  it('remembers for a day, then the key is new, purged or not', async () => {
    const { service, work, database, clock, records } = await startProcess();
    await service.run(identity(), work);
    await service.run(identity({ key: 'other' }), work);
    clock.advance(24 * HOUR_MS - 1);
    expect(await service.run(identity(), work)).toMatchObject({ replayed: true });
    expect(await records.purge(clock.now())).toBe(0);
    clock.advance(1);
    expect(await service.run(identity({ digest: 'd'.repeat(64) }), work)).toMatchObject({ replayed: false });
    expect(await rows(database)).toBe(3);
    expect(await records.purge(clock.now())).toBe(1);
  });

  it('takes keys and routes as long as they may be', async () => {
    const { service, work } = await startProcess();
    const long = identity({ key: '~'.repeat(255), route: `POST /${'x'.repeat(300)}`, owner: 'k'.repeat(64) });
    await service.run(long, work);
    expect(await service.run(long, work)).toMatchObject({ replayed: true });
  });
});
