import { describe, expect, it } from 'vitest';
import { fromFloating, type LocalTime, parseLocalTime, toFloating } from '../../src/schedules/local-time.ts';
import { isZone, localTimeAt, resolveLocalTime } from '../../src/schedules/zone.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const ZONES = [
  'Asia/Jakarta',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'UTC',
];
const local = (text: string) => text as LocalTime;

describe('a local time', () => {
  it.each([
    ['2026-11-21 09:30:15', '2026-11-21 09:30:15'],
    ['2026-11-21T09:30', '2026-11-21 09:30:00'],
    ['2026-11-21 09:30:15.999', '2026-11-21 09:30:15'],
    ['2028-02-29 23:59:59', '2028-02-29 23:59:59'],
  ])('is read from %s', (text, expected) => expect(parseLocalTime(text)).toBe(expected));

  it.each([
    '',
    'tomorrow',
    '2026-11-21',
    '2026-02-29 10:00:00',
    '2026-04-31 10:00:00',
    '2026-13-01 10:00:00',
    '2026-00-10 10:00:00',
    '2026-11-21 24:00:00',
    '2026-11-21 10:60:00',
    '2026-11-21 10:00:60',
    '2026-11-21 9:00:00',
    '2026-11-21 10:00:00Z',
  ])('is not read from "%s"', (text) => expect(parseLocalTime(text)).toBeNull());
});

describe('a zone', () => {
  it.each(ZONES)('%s is known', (name) => expect(isZone(name)).toBe(true));
  it.each(['', 'Mars/Olympus', '+07:00', 'Asia/Jakarta ', 'local', 'Asia', '../etc'])(
    '"%s" is none',
    (name) => expect(isZone(name)).toBe(false),
  );
});

describe('what a local time means', () => {
  it.each([
    ['Asia/Jakarta', '2026-11-21 09:00:00', '2026-11-21T02:00:00.000Z'],
    ['America/New_York', '2027-03-14 01:59:59', '2027-03-14T06:59:59.000Z'],
    ['America/New_York', '2027-03-14 03:00:00', '2027-03-14T07:00:00.000Z'],
    ['Europe/Berlin', '2027-03-28 03:00:00', '2027-03-28T01:00:00.000Z'],
    ['Australia/Lord_Howe', '2027-10-03 02:30:00', '2027-10-02T15:30:00.000Z'],
    ['Asia/Kathmandu', '2026-11-21 00:00:00', '2026-11-20T18:15:00.000Z'],
  ])('%s %s is %s', (zone, text, at) => {
    expect(resolveLocalTime(local(text), zone)).toEqual({ kind: 'time', at: new Date(at) });
    expect(localTimeAt(new Date(at), zone)).toBe(text);
  });

  it.each([
    ['America/New_York', '2027-03-14 02:00:00', '2027-03-14T07:00:00.000Z'],
    ['America/New_York', '2027-03-14 02:59:59', '2027-03-14T07:00:00.000Z'],
    ['Europe/Berlin', '2027-03-28 02:30:00', '2027-03-28T01:00:00.000Z'],
    ['Australia/Lord_Howe', '2027-10-03 02:15:00', '2027-10-02T15:30:00.000Z'],
    ['Pacific/Apia', '2011-12-30 12:00:00', '2011-12-30T10:00:00.000Z'],
  ])('%s never shows %s: the clock was set at %s', (zone, text, firstAfter) => {
    expect(resolveLocalTime(local(text), zone)).toEqual({ kind: 'gap', firstAfter: new Date(firstAfter) });
  });

  it.each([
    ['America/New_York', '2026-11-01 01:30:00', '2026-11-01T05:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25 02:00:00', '2026-10-25T00:00:00.000Z'],
    ['Australia/Lord_Howe', '2027-04-04 01:45:00', '2027-04-03T14:45:00.000Z'],
  ])('%s shows %s twice, and the first is %s', (zone, text, at) => {
    expect(resolveLocalTime(local(text), zone)).toEqual({ kind: 'time', at: new Date(at) });
  });
});

it('10,000 moments in nine zones: what the clock shows leads back to the moment, or to the same time an hour before', () => {
  const random = createSeededRandom(20_261_121);
  for (let round = 0; round < 10_000; round += 1) {
    const zone = ZONES[Math.floor(random.next() * ZONES.length)] ?? 'UTC';
    const at = new Date(Date.UTC(2026, 0, 1) + Math.floor(random.next() * 15 * 365 * 86_400) * 1_000);
    const shown = localTimeAt(at, zone);
    const resolved = resolveLocalTime(shown, zone);
    if (resolved.kind === 'gap') throw new Error(`${zone} shows ${shown} at ${at.toISOString()}`);
    expect(localTimeAt(resolved.at, zone)).toBe(shown);
    expect(at.getTime() - resolved.at.getTime()).toBeOneOf([0, 30 * 60_000, 60 * 60_000]);
    expect(fromFloating(toFloating(shown))).toBe(shown);
  }
});
