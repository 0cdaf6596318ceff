import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { createBlobRepository } from '../../src/media/blob-repository.ts';
import { createBlobStore } from '../../src/media/blob-store.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const DAY_MS = 86_400_000;
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
async function* piecesOf(...pieces: Uint8Array[]) {
  yield* pieces;
}

describeOnEachDatabase('the store of files to send', (open) => {
  async function openStore({ maxBytes = 1_000, quotaBytes = 10_000 } = {}) {
    const database = await open();
    await migrate(database, { log: silentLogger });
    const directory = mkdtempSync(join(tmpdir(), 'wafleet-blobs-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const clock = createManualClock();
    const blobs = createBlobRepository({ database });
    const store = createBlobStore({
      directory,
      maxBytes,
      quotaBytes,
      blobs,
      clock,
      random: createSeededRandom(1),
    });
    const ago = (ms: number) => new Date(clock.now().getTime() - ms);
    const clean = () => store.clean({ temporary: ago(3_600_000), unused: ago(DAY_MS) });
    const leftovers = () => readdirSync(join(directory, 'tmp'));
    const read = async (sha256: string) => Buffer.concat(await (await store.open(sha256)).toArray());
    return { database, directory, clock, store, blobs, clean, leftovers, read };
  }
  type Opened = Awaited<ReturnType<typeof openStore>>;
  const keep = async ({ store }: Opened, bytes: Uint8Array) => {
    const blob = await store.receive(piecesOf(bytes));
    await store.keep(blob, 'image/png');
    return blob.sha256;
  };
  const message = ({ database, clock }: Opened, sha256: string, status: string) =>
    database.run({
      text: `insert into outbound_message (id, device_id, wa_message_id, chat_jid, kind, source, priority, due_at,
        on_ambiguous, status, attempts, created_at, media_blob)
        values (?, 'shop', ?, 'a@s.whatsapp.net', 'image', 'api', 0, ?, 'resend', ?, 0, ?, ?)`,
      params: [
        `${status}${sha256}`.slice(0, 26),
        sha256.slice(0, 20),
        clock.now(),
        status,
        clock.now(),
        sha256,
      ],
    });

  it('keeps a file that comes in pieces under the hash of all of it', async () => {
    const opened = await openStore();
    const [one, two] = [Buffer.from('first '), Buffer.from('second')];
    const blob = await opened.store.receive(piecesOf(one, two));
    const whole = Buffer.concat([one, two]);
    expect(blob).toEqual({ sha256: hashOf(whole), sizeBytes: whole.length });
    await expect(opened.store.open(blob.sha256)).rejects.toThrow('ENOENT');
    await opened.store.keep(blob, 'text/plain');
    expect(await opened.read(blob.sha256)).toEqual(whole);
    expect(opened.leftovers()).toEqual([]);
  });

  it('refuses what is empty, too large, more than the quota or breaks off, and leaves nothing', async () => {
    const opened = await openStore({ quotaBytes: 1_500 });
    const receive = (...pieces: Uint8Array[]) => opened.store.receive(piecesOf(...pieces));
    await expect(receive()).rejects.toMatchObject({ code: 'MEDIA_EMPTY' });
    await expect(receive(Buffer.alloc(600), Buffer.alloc(401))).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    const first = await receive(Buffer.alloc(1_000, 1));
    await expect(receive(Buffer.alloc(600, 2))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    async function* broken() {
      yield Buffer.from('half of');
      throw new Error('the caller hung up');
    }
    await expect(opened.store.receive(broken())).rejects.toThrow('hung up');
    await opened.store.discard(first);
    expect(opened.leftovers()).toEqual([]);
  });

  it('removes what nobody used for a day and no message waits for', async () => {
    const opened = await openStore();
    const [old, needed, held, sent] = await Promise.all(
      ['old', 'needed', 'held', 'sent'].map((text) => keep(opened, Buffer.from(text))),
    );
    await message(opened, needed ?? '', 'queued');
    await message(opened, held ?? '', 'held');
    await message(opened, sent ?? '', 'server_ack');
    expect(await opened.clean()).toEqual({ removed: 0 });
    opened.clock.advance(DAY_MS + 1);
    const fresh = await keep(opened, Buffer.from('fresh'));
    expect(await opened.clean()).toEqual({ removed: 2 });
    for (const gone of [old, sent]) await expect(opened.store.open(gone ?? '')).rejects.toThrow('ENOENT');
    for (const kept of [needed, held, fresh]) expect(await opened.read(kept ?? '')).toBeTruthy();
  });

  it('keeps what a schedule will send', async () => {
    const opened = await openStore();
    const sha256 = await keep(opened, Buffer.from('for Friday'));
    await opened.database.run({
      text: `insert into \`schedule\` (id, device_id, to_jid, kind, text, content, timezone, local_time, missed_policy,
        status, runs, created_at, updated_at) values (?, 'shop', 'a@s.whatsapp.net', 'image', null, ?, 'UTC', '', 'send',
        'active', 0, ?, ?)`,
      params: ['01', JSON.stringify({ media: { blob: sha256 } }), opened.clock.now(), opened.clock.now()],
    });
    opened.clock.advance(2 * DAY_MS);
    expect(await opened.clean()).toEqual({ removed: 0 });
    await opened.database.run({ text: "update `schedule` set status = 'done'", params: [] });
    expect(await opened.clean()).toEqual({ removed: 1 });
  });

  it('removes temporary files a crash left an hour ago, and no younger ones', async () => {
    const opened = await openStore();
    const [old, young] = [await opened.store.temporary(), await opened.store.temporary()];
    for (const path of [old, young]) writeFileSync(path, 'half an upload');
    const at = (ms: number) => (opened.clock.now().getTime() + ms) / 1_000;
    utimesSync(old, at(-3_700_000), at(-3_700_000));
    utimesSync(young, at(-60_000), at(-60_000));
    await opened.clean();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });
});
