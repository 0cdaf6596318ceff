import { expect, it } from 'vitest';
import type { AuditEntry } from '../../src/access/audit-entry.ts';
import { createAuditRepository } from '../../src/access/audit-repository.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const START = new Date('2026-11-20T08:30:00.000Z');
const everything = { after: null, skip: 0, limit: 100 };

/** Entries a second apart. */
function makeEntries(
  count: number,
  fields: (number: number) => Partial<AuditEntry> = () => ({}),
): AuditEntry[] {
  const clock = createManualClock(START);
  const ids = createIds({ clock, random: systemRandom });
  return Array.from({ length: count }, (_, number) => {
    clock.advance(1_000);
    return {
      auditId: ids.next(),
      at: clock.now(),
      actor: { kind: 'user', id: 'A'.repeat(26), name: 'Ana 🌷' },
      action: 'wipeDevice',
      target: `deviceId=shop-${number}`,
      status: 200,
      ip: '2001:db8::1',
      requestId: `r${number}`,
      details: null,
      ...fields(number),
    };
  });
}

describeOnEachDatabase('the audit repository', (open) => {
  it('gives entries back as they were recorded, newest first, each once', async () => {
    const audit = createAuditRepository({ database: await open() });
    const entries = makeEntries(3, (number) =>
      number === 1
        ? {
            actor: { kind: 'anonymous', id: null, name: null },
            target: null,
            details: { changed: ['name', 'role'] },
          }
        : {},
    );
    await audit.add(entries.slice(0, 2));
    await audit.add(entries);
    await audit.add([]);
    expect(await audit.list({}, everything)).toEqual([...entries].reverse());
    expect(await audit.count({})).toBe(3);
  });

  it('shortens what is too long', async () => {
    const audit = createAuditRepository({ database: await open() });
    const long = 'x'.repeat(1_000);
    await audit.add(makeEntries(1, () => ({ target: long, action: long, ip: long, requestId: long })));
    const [entry] = await audit.list({}, everything);
    expect([entry?.target?.length, entry?.action.length, entry?.ip.length, entry?.requestId.length]).toEqual([
      300, 100, 45, 64,
    ]);
  });

  it('finds by actor, action and time, page by page', async () => {
    const audit = createAuditRepository({ database: await open() });
    const entries = makeEntries(6, (number) => ({
      action: number % 2 === 0 ? 'wipeDevice' : 'login',
      actor: { kind: 'key', id: (number < 3 ? 'A' : 'B').repeat(26), name: 'panel' },
    }));
    await audit.add(entries);
    const asked = async (filter: Parameters<typeof audit.list>[0]) => {
      const found = await audit.list(filter, everything);
      expect(await audit.count(filter)).toBe(found.length);
      return found.map(({ requestId }) => requestId).join(' ');
    };
    expect(await asked({ actor: 'B'.repeat(26) })).toBe('r5 r4 r3');
    expect(await asked({ action: 'login' })).toBe('r5 r3 r1');
    expect(await asked({ action: 'login', actor: 'A'.repeat(26) })).toBe('r1');
    expect(await asked({ from: entries[2]?.at, to: entries[4]?.at })).toBe('r3 r2');
    const page = await audit.list({}, { after: entries[3]?.auditId ?? null, skip: 1, limit: 2 });
    expect(page.map(({ requestId }) => requestId)).toEqual(['r1', 'r0']);
  });

  it('removes what is old, in steps', async () => {
    const audit = createAuditRepository({ database: await open() });
    const entries = makeEntries(5);
    await audit.add(entries);
    const before = entries[3]?.at ?? START;
    expect([await audit.removeBefore(before, 2), await audit.removeBefore(before, 2)]).toEqual([2, 1]);
    expect(await audit.removeBefore(before, 2)).toBe(0);
    expect((await audit.list({}, everything)).length).toBe(2);
  });
});
