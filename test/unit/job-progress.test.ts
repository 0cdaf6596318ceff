import { describe, expect, it } from 'vitest';
import { etaOf, progressOf, statusByItems } from '../../src/jobs/job-progress.ts';
import type { OutboundStatus } from '../../src/outbox/outbox-message.ts';

const counts = (fields: Partial<Record<OutboundStatus, number>>) =>
  new Map(Object.entries(fields) as [OutboundStatus, number][]);
const progress = (fields: Partial<Record<OutboundStatus, number>>) =>
  progressOf({ total: Object.values(fields).reduce((sum, each) => sum + each, 0) }, counts(fields));

describe('the progress of a job', () => {
  it('counts each item once', () => {
    const all = {
      queued: 1,
      sending: 2,
      server_ack: 3,
      delivered: 4,
      read: 5,
      played: 6,
      failed: 7,
      held: 8,
      cancelled: 9,
      expired: 10,
    };
    expect(progress(all)).toEqual({ remaining: 3, currentIndex: 45, successCount: 18, errorCount: 17 });
  });

  it.each<
    [string, Parameters<typeof statusByItems>[0]['status'], Partial<Record<OutboundStatus, number>>, string]
  >([
    ['nothing was begun', 'queued', { queued: 3 }, 'queued'],
    ['the first is being sent', 'queued', { queued: 2, sending: 1 }, 'processing'],
    ['one was sent', 'queued', { queued: 2, server_ack: 1 }, 'processing'],
    ['some failed', 'processing', { server_ack: 1, failed: 2 }, 'completed'],
    ['all failed', 'processing', { failed: 2, expired: 1 }, 'failed'],
    ['all are held for a person', 'processing', { held: 2 }, 'completed'],
    ['the only item failed before anybody looked', 'queued', { failed: 1 }, 'failed'],
    ['paused in the middle', 'paused', { queued: 1, read: 1 }, 'paused'],
    ['paused during the last item', 'paused', { read: 2 }, 'completed'],
    ['cancelled', 'cancelled', { cancelled: 2, read: 1 }, 'cancelled'],
    ['a late receipt after the end', 'failed', { delivered: 1 }, 'failed'],
  ])('%s', (_name, status, items, expected) => {
    expect(statusByItems({ status }, progress(items))).toBe(expected);
  });
});

describe('the expected end of a job', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const secondsLeft = (
    job: Parameters<typeof etaOf>[0],
    { remaining = 100, recent = [] }: { remaining?: number; recent?: Date[] } = {},
  ) => {
    const eta = etaOf(job, { remaining, recent, now });
    return eta && (eta.getTime() - now.getTime()) / 1000;
  };
  const every = (ms: number, many: number) =>
    Array.from({ length: many }, (_, index) => new Date(now.getTime() - index * ms));

  it('is as planned before the job has shown its pace', () => {
    expect(secondsLeft({ status: 'processing', delayMs: null })).toBe(380);
    expect(secondsLeft({ status: 'processing', delayMs: 1_000 }, { recent: every(9_000, 4) })).toBe(130);
  });

  it('follows the pace of the last items', () => {
    expect(secondsLeft({ status: 'processing', delayMs: null }, { recent: every(20, 20) })).toBe(2);
    expect(secondsLeft({ status: 'processing', delayMs: 0 }, { recent: every(9_000, 5) })).toBe(900);
  });

  it.each(['queued', 'paused', 'completed', 'failed', 'cancelled'] as const)(
    'is unknown when %s',
    (status) => {
      expect(secondsLeft({ status, delayMs: 0 })).toBeNull();
    },
  );

  it('is unknown when nothing is left', () => {
    expect(secondsLeft({ status: 'processing', delayMs: 0 }, { remaining: 0 })).toBeNull();
  });
});
