import { expect, it } from 'vitest';
import type { LoggedEvent } from '../../../src/dashboard/ui/api/device-detail-types.ts';
import { changesOf } from '../../../src/dashboard/ui/pages/device/state-log.ts';

const status = (
  id: string,
  of: NonNullable<LoggedEvent['status']>,
  code: string | null = null,
): LoggedEvent => ({
  id,
  type: 'status',
  at: '2026-11-20T08:00:00.000Z',
  status: of,
  cause: code === null ? null : { code, source: 'server', reason: code, retryAt: null, action: null },
});
const idsOf = (events: readonly LoggedEvent[]) => events.map(({ id }) => id);

it('of events that repeat a state the first stays, which is the moment it began', () => {
  const newestFirst = [
    status('6', 'connected'),
    status('5', 'connected'),
    status('4', 'connected'),
    status('3', 'reconnecting', 'connection_lost'),
    status('2', 'reconnecting', 'server_error'),
    status('1', 'connected'),
  ];
  expect(idsOf(changesOf(newestFirst))).toEqual(['4', '3', '2', '1']);
});

it('a linking between two equal states keeps them apart', () => {
  const linked: LoggedEvent = { id: '2', type: 'authenticated', at: '2026-11-20T08:00:00.000Z' };
  expect(idsOf(changesOf([status('3', 'connecting'), linked, status('1', 'connecting')]))).toEqual([
    '3',
    '2',
    '1',
  ]);
  expect(changesOf([])).toEqual([]);
});
