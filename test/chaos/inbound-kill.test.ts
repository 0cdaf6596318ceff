import { describe, expect, it, onTestFinished } from 'vitest';
import { killWhileReceiving } from '../support/inbound-chaos.ts';
import { hasMariaDb, startMariaDb } from '../support/mariadb.ts';
import { CHAOS } from '../support/outbox-chaos-plan.ts';

const MESSAGES = CHAOS.items(CHAOS.isLong ? 5_000 : 150);
const KILLS = CHAOS.isLong ? 12 : 4;
const PATIENCE_MS = 90_000 + MESSAGES * 60;
/** Without the journal a kill costs some three of what is on its way. */
const CONTROL = { messages: 120, kills: 4, journal: 'off', patienceMs: 5_000 } as const;

const STORAGES: Readonly<Record<string, () => Promise<string | null>>> = {
  SQLite: async () => null,
  ...(hasMariaDb && {
    MariaDB: async () => {
      const server = await startMariaDb();
      onTestFinished(() => server.stop());
      return server.createDatabase();
    },
  }),
};
const NOTHING = { lost: [], doubled: [], stuck: [], journalLeft: 0 };
const timeout = CHAOS.isLong ? 1_800_000 : 240_000;

describe.each(Object.entries(STORAGES))('G6 on %s', (name, storage) => {
  it(`every one of ${MESSAGES} messages is in history exactly once through ${KILLS} kills`, {
    timeout,
  }, async () => {
    const plan = { messages: MESSAGES, kills: KILLS, journal: 'on', patienceMs: PATIENCE_MS } as const;
    const verdict = await killWhileReceiving({ ...plan, databaseUrl: await storage() });
    process.stdout.write(`${name}, ${KILLS} kills: ${JSON.stringify(verdict)}\n`);
    expect(verdict.wrong).toEqual(NOTHING);
    expect(verdict.receipted).toBe(verdict.messages);
    // Some three percent are damaged on the way. Read out of order, a third of all had to be sent again.
    if (CHAOS.isLong) expect(verdict.retryReceipts).toBeLessThan(MESSAGES / 8);
  });

  // The journal is the same on both; once is enough to show what it is good for.
  if (name !== 'SQLite' && !CHAOS.isLong) return;
  it('loses messages without the journal', { timeout }, async () => {
    const verdict = await killWhileReceiving({ ...CONTROL, databaseUrl: await storage() });
    process.stdout.write(`${name} without the journal, ${CONTROL.kills} kills: ${JSON.stringify(verdict)}\n`);
    expect(verdict.wrong.lost).not.toEqual([]);
  });
});
