import { expect, it } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import { ringOwners } from '../../src/wakeups/owner-wakeups.ts';
import type { Topic } from '../../src/wakeups/wakeups.ts';

function prepare(owners: Record<string, string> = {}) {
  const rings: [Topic, string, Date | undefined][] = [];
  const handled: Topic[] = [];
  const wakeups = ringOwners({
    wakeups: {
      ring: async (topic, id, at) => void rings.push([topic, id, at]),
      handle: (topic) => void handled.push(topic),
    },
    topic: 'outbox',
    async nodeOf(id) {
      if (id === 'unreachable') throw new Error('the database is away');
      return owners[id] ?? null;
    },
    log: silentLogger,
  });
  return { wakeups, rings, handled };
}

it('rings the process that owns the id, and nobody when none does', async () => {
  const { wakeups, rings } = prepare({ ana: 'node-2' });
  const at = new Date();
  await wakeups.ring('outbox', 'ana', at);
  await wakeups.ring('outbox', 'bob');
  expect(rings).toEqual([['outbox@node-2', 'ana', at]]);
});

it('leaves other topics to all processes', async () => {
  const { wakeups, rings, handled } = prepare();
  await wakeups.ring('schedule', 'one');
  wakeups.handle('schedule', async () => {});
  expect(rings).toEqual([['schedule', 'one', undefined]]);
  expect(handled).toEqual(['schedule']);
});

it('handles its own rings from when it knows who it is', () => {
  const { wakeups, handled } = prepare();
  wakeups.handle('outbox', async () => {});
  expect(handled).toEqual([]);
  wakeups.begin('node-1');
  expect(handled).toEqual(['outbox@node-1']);
  expect(() => wakeups.handle('outbox', async () => {})).toThrow('has a handler already');
});

it('never throws when nobody can say who owns the id: the sweep rings', async () => {
  const { wakeups, rings } = prepare();
  await wakeups.ring('outbox', 'unreachable');
  expect(rings).toEqual([]);
});
