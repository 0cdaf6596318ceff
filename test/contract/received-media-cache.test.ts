import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReceivedMediaCache, type ReceivedMediaCache } from '../../src/media/received-media-cache.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';

const HOUR = 60 * 60_000;

let directory: string;
let clock: ManualClock;
let cache: ReceivedMediaCache;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'received-')), 'media', 'received');
  clock = createManualClock();
  cache = createReceivedMediaCache({ directory, quotaBytes: 250, clock, random: systemRandom });
});
afterEach(() => rmSync(join(directory, '..', '..'), { recursive: true }));

const put = async (hash: string, bytes = 100) => {
  const draft = await cache.draft();
  await draft.handle.writeFile(Buffer.alloc(bytes, 1));
  await draft.keep(hash);
  await draft.handle.close();
};
const has = async (hash: string) => {
  const handle = await cache.open(hash);
  await handle?.close();
  return handle !== null;
};

describe('received files on the disk', () => {
  it('are there under their hash once they are kept, for their owner only', async () => {
    expect(await has('a')).toBe(false);
    await put('a');
    expect(await has('a')).toBe(true);
    expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('go when they are too many, the longest unused first', async () => {
    await put('a');
    clock.advance(1_000);
    await put('b');
    clock.advance(1_000);
    expect(await has('a')).toBe(true);
    clock.advance(1_000);
    await put('c');
    expect(readdirSync(directory).sort()).toEqual(['a', 'c']);
  });

  it('one that is larger than all may be is read by whoever fetched it, and not kept', async () => {
    const draft = await cache.draft();
    await draft.handle.writeFile(Buffer.alloc(300, 1));
    await draft.keep('a');
    expect(readdirSync(directory)).toEqual([]);
    expect((await draft.handle.read(Buffer.alloc(300), 0, 300, 0)).bytesRead).toBe(300);
    await draft.handle.close();
  });

  it('go when nobody asked for a week', async () => {
    await put('a');
    await put('b');
    clock.advance(6 * 24 * HOUR);
    expect(await has('a')).toBe(true);
    clock.advance(2 * 24 * HOUR);
    await cache.clean();
    expect(readdirSync(directory)).toEqual(['a']);
  });

  it('leave nothing when they are discarded, and what a crash left of them is removed', async () => {
    await (await cache.draft()).discard();
    expect(readdirSync(directory)).toEqual([]);
    const [crashed, current] = [await cache.draft(), await cache.draft()];
    const [first = ''] = readdirSync(directory);
    const longAgo = new Date(clock.now().getTime() - 2 * HOUR);
    for (const name of readdirSync(directory)) utimesSync(join(directory, name), clock.now(), clock.now());
    utimesSync(join(directory, first), longAgo, longAgo);
    await cache.clean();
    expect(readdirSync(directory)).toHaveLength(1);
    expect(readdirSync(directory)).not.toContain(first);
    await Promise.all([crashed.handle.close(), current.handle.close()]);
  });
});
