import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/simulator/faults/fault.ts';
import { createFaultPlan } from '../../src/simulator/faults/fault-plan.ts';

const ANA = { phoneNumber: '6281200000001', device: 1 };
const BUDI = { phoneNumber: '6281200000002', device: 1 };

const planWith = (...faults: readonly Fault[]) => {
  const strikes: string[] = [];
  const plan = createFaultPlan({ seed: 'test', onStrike: (id, kind) => strikes.push(`${id} ${kind}`) });
  const ids = faults.map((fault) => plan.add(fault));
  return { plan, strikes, ids };
};

describe('a fault plan', () => {
  it('strikes as often as it was told, then no more', () => {
    const { plan, strikes } = planWith({ kind: 'no-ack', times: 2 });
    const struck = Array.from({ length: 4 }, () => plan.strike(['no-ack'], ANA) !== null);
    expect(struck).toEqual([true, true, false, false]);
    expect(strikes).toEqual(['fault-1 no-ack', 'fault-1 no-ack']);
    expect(plan.list()).toEqual([]);
  });

  it('strikes without end when no number is given, until it is removed', () => {
    const { plan, ids } = planWith({ kind: 'no-ack' });
    for (let round = 0; round < 50; round += 1) expect(plan.strike(['no-ack'], ANA)).not.toBeNull();
    expect(plan.list()).toMatchObject([{ id: ids[0], strikes: 50 }]);
    expect(plan.remove(ids[0] ?? '')).toBe(true);
    expect(plan.remove(ids[0] ?? '')).toBe(false);
    expect(plan.strike(['no-ack'], ANA)).toBeNull();
  });

  it('meets its target only', () => {
    const { plan } = planWith({
      kind: 'nack',
      code: '463',
      target: { phoneNumber: ANA.phoneNumber, device: 2 },
    });
    expect(plan.strike(['nack'], ANA)).toBeNull();
    expect(plan.strike(['nack'], BUDI)).toBeNull();
    expect(plan.strike(['nack'], { ...ANA, device: 2 })).toMatchObject({ code: '463' });
  });

  it('meets one message only', () => {
    const { plan } = planWith({ kind: 'nack', code: '500', target: { messageId: '3EB01' } });
    expect(plan.strike(['nack'], { ...ANA, messageId: '3EB02' })).toBeNull();
    expect(plan.strike(['nack'], ANA)).toBeNull();
    expect(plan.strike(['nack'], { ...BUDI, messageId: '3EB01' })).toMatchObject({ code: '500' });
  });

  it('strikes only the kinds and the moment asked for', () => {
    const { plan } = planWith({ kind: 'silence', at: 'message' });
    expect(plan.strike(['no-ack', 'drop-tcp'], ANA, 'message')).toBeNull();
    expect(plan.strike(['silence'], ANA, 'login')).toBeNull();
    expect(plan.strike(['silence'], ANA, 'message')).not.toBeNull();
  });

  it('strikes by chance, and alike for the same seed', () => {
    const run = () => {
      const { plan } = planWith({ kind: 'no-ack', probability: 0.3 });
      return Array.from({ length: 1000 }, () => plan.strike(['no-ack'], ANA) !== null);
    };
    const first = run();
    expect(run()).toEqual(first);
    const share = first.filter(Boolean).length / first.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
  });

  it('forgets everything when it is cleared', () => {
    const { plan } = planWith({ kind: 'no-ack' }, { kind: 'swallow' });
    plan.clear();
    expect(plan.list()).toEqual([]);
  });
});
