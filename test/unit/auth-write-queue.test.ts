import { describe, expect, it } from 'vitest';
import {
  type AuthChange,
  createAuthWriteQueue,
  type KeyChanges,
} from '../../src/whatsapp/auth-write-queue.ts';

function keys(entries: Record<string, string | null>): KeyChanges {
  const values = Object.entries(entries).map(([id, value]): [string, Buffer | null] => [
    id,
    value === null ? null : Buffer.from(value),
  ]);
  return new Map([['session', new Map(values)]]);
}

/** A store whose commits end when the test says so. */
function createHeldStore() {
  const commits: { change: AuthChange; end: PromiseWithResolvers<void> }[] = [];
  const queue = createAuthWriteQueue((change) => {
    const end = Promise.withResolvers<void>();
    commits.push({ change: { keys: new Map(change.keys), creds: change.creds }, end });
    return end.promise;
  });
  return { commits, queue };
}

describe('auth write queue', () => {
  it('merges what comes while a commit is under way into one more, the later value winning', async () => {
    const { commits, queue } = createHeldStore();
    const first = queue.write({ keys: keys({ a: '1' }), creds: 'keep' });
    const others = [
      queue.write({ keys: keys({ a: '2', b: '1' }), creds: 'keep' }),
      queue.write({ keys: new Map(), creds: 'save' }),
      queue.write({ keys: keys({ a: null }), creds: 'save' }),
    ];
    expect(commits).toHaveLength(1);
    commits[0]?.end.resolve();
    await first;
    expect(commits).toHaveLength(2);
    expect(commits[1]?.change).toEqual({ keys: keys({ a: null, b: '1' }), creds: 'save' });
    commits[1]?.end.resolve();
    await Promise.all(others);
    expect(commits).toHaveLength(2);
  });

  it('fails only those whose commit failed, and goes on', async () => {
    const { commits, queue } = createHeldStore();
    const first = queue.write({ keys: keys({ a: '1' }), creds: 'keep' });
    const second = queue.write({ keys: keys({ b: '1' }), creds: 'keep' });
    commits[0]?.end.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    commits[1]?.end.resolve();
    await expect(second).resolves.toBeUndefined();
  });

  it('flushes: at once when idle, else with the last commit asked for', async () => {
    const { commits, queue } = createHeldStore();
    await queue.flush();
    const first = queue.write({ keys: keys({ a: '1' }), creds: 'keep' });
    const second = queue.write({ keys: keys({ a: '2' }), creds: 'keep' });
    const flushed = queue.flush();
    commits[0]?.end.resolve();
    await first;
    commits[1]?.end.reject(new Error('disk full'));
    await expect(second).rejects.toThrow('disk full');
    await expect(flushed).rejects.toThrow('disk full');
    await queue.flush();
  });
});
