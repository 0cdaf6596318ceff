import { expect, it } from 'vitest';
import { createEventLogRepository, type EventPage } from '../../src/events/event-log-repository.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { ANA, BUDI, newEvent } from '../support/event-log.ts';

const everything: EventPage = {
  after: null,
  limit: 10,
  order: 'asc',
  deviceIds: null,
  types: null,
  withoutTypes: [],
};
const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

describeOnEachDatabase('pages of the event log', (open) => {
  it('go forwards and backwards, for some devices and some types', async () => {
    const repository = createEventLogRepository({ database: await open() });
    const page = async (wanted: Partial<EventPage>) =>
      idsOf(await repository.page({ ...everything, ...wanted }));
    const events = [
      newEvent({ type: 'status' }),
      newEvent({ type: 'status', deviceId: BUDI }),
      newEvent(),
      newEvent({ type: 'authenticated' }),
      newEvent({ type: 'status' }),
    ];
    const ids = idsOf(events);
    await repository.add(events);
    expect(await page({})).toEqual(ids);
    expect(await page({ order: 'desc' })).toEqual(ids.toReversed());
    expect(await page({ order: 'desc', limit: 2 })).toEqual([ids[4], ids[3]]);
    expect(await page({ order: 'desc', after: 4, limit: 2 })).toEqual([ids[2], ids[1]]);
    expect(await page({ order: 'desc', after: 1 })).toEqual([]);
    expect(await page({ after: 4 })).toEqual([ids[4]]);
    const states = { deviceIds: [ANA], types: ['status', 'authenticated'] as const };
    expect(await page({ ...states, order: 'desc' })).toEqual([ids[4], ids[3], ids[0]]);
    expect(await page({ ...states, withoutTypes: ['authenticated'] })).toEqual([ids[0], ids[4]]);
    expect(await page({ types: [] })).toEqual([]);
    expect(await page({ deviceIds: [] })).toEqual([]);
  });
});
