import { describe, expect, it } from 'vitest';
import { createSendWindow } from '../../src/outbox/pacing-window.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const start = new Date('2026-01-01T00:00:00Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
const one = { total: 1, cold: 0 };
const stranger = { total: 1, cold: 1 };
const HOUR = 3_600;

describe('the window of what was sent', () => {
  it('is empty at first', () => {
    const { lastHour, lastDay, coldLastDay } = createSendWindow([]).at(start);
    expect([lastHour.count, lastDay.count, coldLastDay.count]).toEqual([0, 0, 0]);
  });

  it('counts an hour and a day, strangers by themselves', () => {
    const window = createSendWindow([]);
    window.add(at(0), stranger);
    window.add(at(1), one);
    window.add(at(HOUR + 120), one);
    const counts = (seconds: number) => {
      const { lastHour, lastDay, coldLastDay } = window.at(at(seconds));
      return [lastHour.count, lastDay.count, coldLastDay.count];
    };
    expect(counts(HOUR)).toEqual([3, 3, 1]);
    expect(counts(HOUR + 120)).toEqual([1, 3, 1]);
    expect(counts(24 * HOUR + 59)).toEqual([0, 3, 1]);
    expect(counts(24 * HOUR + 60)).toEqual([0, 1, 0]);
    expect(counts(30 * HOUR)).toEqual([0, 0, 0]);
  });

  it('does not count replies', () => {
    const window = createSendWindow([]);
    window.add(at(0), { total: 0, cold: 0 });
    expect(window.at(at(1)).lastHour.count).toBe(0);
  });

  it('forgets nothing early when the clock is set back', () => {
    const window = createSendWindow([]);
    window.add(at(600), one);
    window.add(at(0), one);
    expect(window.at(at(700)).lastHour.count).toBe(2);
    expect(window.at(at(HOUR + 659)).lastHour.count).toBe(2);
  });

  it('says when there will be room, never too early and never later than a minute', () => {
    const random = createSeededRandom(7);
    for (let round = 0; round < 300; round += 1) {
      const window = createSendWindow([]);
      const times = Array.from({ length: 40 }, () => Math.floor(random.next() * 5_000)).sort((a, b) => a - b);
      for (const time of times) window.add(at(time), one);
      const limit = 1 + Math.floor(random.next() * 45);
      const { lastHour } = window.at(at(5_000));
      const room = lastHour.roomAt(limit);
      if (lastHour.count < limit) {
        expect(room).toEqual(at(5_000));
        continue;
      }
      const inHour = (moment: Date) =>
        times.filter((time) => at(time).getTime() > moment.getTime() - HOUR * 1_000).length;
      expect(inHour(room)).toBeLessThan(limit);
      expect(inHour(new Date(room.getTime() - 120_000))).toBeGreaterThanOrEqual(limit);
      expect(window.at(room).lastHour.count).toBeLessThan(limit);
    }
  });

  it('begins with what the database remembers', () => {
    const minute = start.getTime() / 60_000;
    const known = [
      { minute: minute - 2_000, total: 5, cold: 5 },
      { minute: minute - 100, total: 3, cold: 2 },
      { minute: minute - 10, total: 2, cold: 0 },
    ];
    const { lastHour, lastDay, coldLastDay } = createSendWindow(known).at(start);
    expect([lastHour.count, lastDay.count, coldLastDay.count]).toEqual([2, 5, 2]);
  });
});
