import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { quietUntil } from '../../src/outbox/quiet-hours.ts';

const local = (text: string, zone: string) => DateTime.fromISO(text, { zone }).toJSDate();
const shown = (time: Date | null, zone: string) =>
  time && DateTime.fromJSDate(time, { zone }).toFormat('yyyy-MM-dd HH:mm ZZ');

describe('quiet hours on an ordinary night', () => {
  const night = { from: '21:00', to: '07:00', timezone: 'Asia/Jakarta' };

  it.each([
    ['20:59', null],
    ['21:00', '2026-06-11 07:00 +07:00'],
    ['23:59', '2026-06-11 07:00 +07:00'],
    ['00:00', '2026-06-10 07:00 +07:00'],
    ['06:59', '2026-06-10 07:00 +07:00'],
    ['07:00', null],
    ['12:00', null],
  ])('at %s last until %s', (time, until) => {
    expect(shown(quietUntil(night, local(`2026-06-10T${time}`, night.timezone)), night.timezone)).toBe(until);
  });

  it('wrap over midnight or not, in the zone of the settings', () => {
    const siesta = { from: '13:00', to: '15:30', timezone: 'Europe/Madrid' };
    expect(shown(quietUntil(siesta, local('2026-06-10T13:00', 'Europe/Madrid')), 'Europe/Madrid')).toBe(
      '2026-06-10 15:30 +02:00',
    );
    expect(quietUntil(siesta, local('2026-06-10T15:30', 'Europe/Madrid'))).toBeNull();
    expect(quietUntil(siesta, local('2026-06-10T13:00', 'Asia/Jakarta'))).toBeNull();
  });

  it('end on the full minute whatever the seconds', () => {
    const at = new Date(local('2026-06-10T06:59', night.timezone).getTime() + 59_999);
    expect(shown(quietUntil(night, at), night.timezone)).toBe('2026-06-10 07:00 +07:00');
  });

  it('do not exist in a zone that the machine does not know', () => {
    expect(quietUntil({ ...night, timezone: 'Mars/Olympus' }, new Date('2026-06-10T18:00:00Z'))).toBeNull();
  });
});

describe('quiet hours when the clocks change', () => {
  const zone = 'Europe/Berlin';

  it('are an hour shorter in spring', () => {
    const until = quietUntil({ from: '22:00', to: '06:00', timezone: zone }, local('2026-03-28T22:00', zone));
    expect(shown(until, zone)).toBe('2026-03-29 06:00 +02:00');
  });

  it('are an hour longer in autumn', () => {
    const until = quietUntil({ from: '22:00', to: '06:00', timezone: zone }, local('2026-10-24T22:00', zone));
    expect(shown(until, zone)).toBe('2026-10-25 06:00 +01:00');
  });

  it('that would end in the hour that is left out end with the jump', () => {
    const until = quietUntil({ from: '22:00', to: '02:30', timezone: zone }, local('2026-03-29T01:00', zone));
    expect(shown(until, zone)).toBe('2026-03-29 03:00 +02:00');
  });

  it('that end in the hour that comes twice end twice', () => {
    const hours = { from: '22:00', to: '02:30', timezone: zone };
    const first = quietUntil(hours, local('2026-10-25T01:00', zone));
    expect(first?.toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(quietUntil(hours, new Date('2026-10-25T00:30:00Z'))).toBeNull();
    // 02:00 on the wall for the second time.
    expect(quietUntil(hours, new Date('2026-10-25T01:00:00Z'))?.toISOString()).toBe(
      '2026-10-25T01:30:00.000Z',
    );
  });

  it('are right where the clocks move by half an hour', () => {
    const lordHowe = 'Australia/Lord_Howe';
    const hours = { from: '22:00', to: '06:00', timezone: lordHowe };
    expect(shown(quietUntil(hours, local('2026-04-04T22:00', lordHowe)), lordHowe)).toBe(
      '2026-04-05 06:00 +10:30',
    );
  });

  it('end at the first minute that is not quiet, at any time of the year', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Cairo',
    ];
    const spans = [
      ['21:30', '07:15'],
      ['02:10', '02:50'],
      ['23:00', '00:30'],
      ['08:00', '07:59'],
    ];
    const year = Date.UTC(2026, 0, 1);
    for (let step = 0; step < 2_000; step += 1) {
      const at = new Date(year + step * 4.4 * 3_600_000 + step * 61_000);
      const [from = '', to = ''] = spans[step % spans.length] ?? [];
      const hours = { from, to, timezone: zones[step % zones.length] ?? '' };
      const until = quietUntil(hours, at);
      if (!until) continue;
      expect(until.getTime()).toBeGreaterThan(at.getTime());
      expect(until.getTime() - at.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
      expect(quietUntil(hours, until)).toBeNull();
      expect(quietUntil(hours, new Date(until.getTime() - 60_000))).toEqual(until);
    }
  });
});
