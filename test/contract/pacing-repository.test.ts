import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { dialectOf } from '../../src/database/dialect.ts';
import { createPacingRepository } from '../../src/outbox/pacing-repository.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const ana = 'ana' as DeviceId;
const start = new Date('2026-03-29T00:00:00.000Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

interface Sent {
  readonly deviceId?: string;
  readonly sendingAt: Date | null;
  readonly lane?: string | null;
  readonly status?: string;
  readonly jobId?: string | null;
}

let count = 0;
async function store(database: Database, rows: readonly Sent[]): Promise<string[]> {
  const ids: string[] = [];
  const statements = rows.map(
    ({ deviceId = ana, sendingAt, lane = 'warm', status = 'server_ack', jobId = null }) => {
      count += 1;
      ids.push(`w${count}`);
      return {
        text: `insert into outbound_message (id, device_id, wa_message_id, chat_jid, kind, status, attempts, lane, job_id,
          due_at, created_at, sending_at) values (?, ?, ?, 'c', 'text', ?, 1, ?, ?, ?, ?, ?)`,
        params: [`id${count}`, deviceId, `w${count}`, status, lane, jobId, start, start, sendingAt],
      };
    },
  );
  await database.writeAtomically({ statements });
  return ids;
}

describeOnEachDatabase('what pacing reads of the outbox', (open) => {
  it('counts the minutes of a device: all but replies, and strangers by themselves', async () => {
    const database = await open();
    await store(database, [
      { sendingAt: at(-1), lane: 'cold' },
      { sendingAt: at(0), lane: 'cold' },
      { sendingAt: at(59.999), lane: 'warm' },
      { sendingAt: at(30), lane: 'reply' },
      { sendingAt: at(60), lane: null },
      { sendingAt: at(60), lane: 'group', status: 'failed' },
      { sendingAt: null, lane: null, status: 'queued' },
      { sendingAt: at(70), lane: 'cold', deviceId: 'budi' },
    ]);
    const minute = start.getTime() / 60_000;
    const { minuteCounts } = createPacingRepository({ database });
    expect(await minuteCounts(ana, start)).toEqual([
      { minute, total: 2, cold: 1 },
      { minute: minute + 1, total: 2, cold: 0 },
    ]);
    expect(await minuteCounts('nobody' as DeviceId, start)).toEqual([]);
  });

  it('knows the last item of a job, and not for ever', async () => {
    const database = await open();
    const { lastJobItemAt } = createPacingRepository({ database });
    expect(await lastJobItemAt(ana, start)).toBeNull();
    await store(database, [
      { sendingAt: at(10), jobId: 'j1' },
      { sendingAt: at(20), jobId: 'j2' },
      { sendingAt: at(30) },
    ]);
    expect(await lastJobItemAt(ana, start)).toEqual(at(20));
    expect(await lastJobItemAt(ana, at(21))).toBeNull();
  });

  it('knows the strangers whose outcome is open', async () => {
    const database = await open();
    const [, open1, open2] = await store(database, [
      { sendingAt: at(-5), lane: 'cold' },
      { sendingAt: at(5), lane: 'cold' },
      { sendingAt: at(6), lane: 'cold', status: 'sending' },
      { sendingAt: at(7), lane: 'cold', status: 'delivered' },
      { sendingAt: at(8), lane: 'cold', status: 'failed' },
      { sendingAt: at(9), lane: 'warm' },
    ]);
    expect(await createPacingRepository({ database }).awaited(ana, start)).toEqual([
      { waMessageId: open1, sentAt: at(5) },
      { waMessageId: open2, sentAt: at(6) },
    ]);
  });

  it('reads no more than the window, by the index', async () => {
    const database = await open();
    const rows = Array.from({ length: 400 }, (_, index) => ({ sendingAt: at(-index * 600), lane: 'warm' }));
    await store(database, rows);
    const from = dialectOf(database.dialect).forceIndex(
      'outbound_message',
      'outbound_message_device_id_sending_at_lane_idx',
    );
    const explain = database.dialect === 'sqlite' ? 'explain query plan' : 'explain';
    const plan = await database.query<Record<string, unknown>>({
      text: `${explain} select count(*) from ${from} where device_id = ? and sending_at >= ?`,
      params: [ana, at(-3_600)],
    });
    expect(JSON.stringify(plan)).toContain('outbound_message_device_id_sending_at_lane_idx');
    if (database.dialect === 'mysql') expect(Number(plan[0]?.rows)).toBeLessThan(50);
    else expect(String(plan[0]?.detail)).toContain('device_id=? AND sending_at>?');
  });
});
