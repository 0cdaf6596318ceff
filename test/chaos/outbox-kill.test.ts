import { expect, it } from 'vitest';
import { NOTHING_WRONG } from '../support/outbox-chaos-judge.ts';
import { CHAOS, describeOnEachStorage } from '../support/outbox-chaos-plan.ts';
import { runThroughTroubles } from '../support/outbox-chaos-run.ts';
import type { Trouble } from '../support/outbox-chaos-troubles.ts';

const DEVICES = CHAOS.devices(CHAOS.isLong ? 20 : 6);
const ITEMS = CHAOS.items(CHAOS.isLong ? 10_000 : 600);
const KILLS = CHAOS.isLong ? 10 : 3;
const timeout = CHAOS.isLong ? 1_200_000 : 120_000;

const EVERYWHERE: readonly Trouble[] = ['SIGKILL', 'SIGTERM', 'SIGSTOP', 'cut WhatsApp', 'stall WhatsApp'];
const ON_SERVICES: readonly Trouble[] = ['cut database', 'flush Redis', 'kill Redis', 'kill MariaDB'];

describeOnEachStorage('jobs of many items', (storage) => {
  const common = {
    storage,
    items: ITEMS,
    devices: DEVICES,
    recipients: DEVICES,
    patienceMs: CHAOS.isLong ? 300_000 : 60_000,
  };

  it(`G1: ${KILLS} times SIGKILL and connections cut before the ack lose nothing and send nothing under a second id`, {
    timeout,
  }, async () => {
    const { verdict, figures } = await runThroughTroubles({
      ...common,
      seed: CHAOS.seed(1),
      troubles: Array.from({ length: KILLS }, () => 'SIGKILL' as const),
      cutBeforeAck: 0.003,
    });
    expect(verdict.wrong).toEqual(NOTHING_WRONG);
    expect(verdict.uniqueIds).toBe(ITEMS);
    // Nobody knows of what was under way when the process died, and of what was cut.
    const again = verdict.submissions - verdict.uniqueIds - verdict.retryReceipts;
    expect(again).toBeLessThanOrEqual(DEVICES * KILLS + figures.cuts);
  });

  it('everything that can go wrong, in an order that the seed decides, loses nothing either', {
    timeout,
  }, async () => {
    const { verdict } = await runThroughTroubles({
      ...common,
      seed: CHAOS.seed(2),
      troubles: storage === 'SQLite' ? EVERYWHERE : [...EVERYWHERE, ...ON_SERVICES],
      cutBeforeAck: 0.003,
    });
    expect(verdict.wrong).toEqual(NOTHING_WRONG);
    expect(verdict.uniqueIds).toBe(ITEMS);
  });
});
