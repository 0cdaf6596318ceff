import { expect, it } from 'vitest';
import { pageOfDevices } from '../../src/devices/device-page.ts';

const devices = [1, 2, 4, 7, 9].map((recordNumber) => ({ recordNumber }));
const page = (paging: Partial<Parameters<typeof pageOfDevices>[1]>) => {
  const { items, ...rest } = pageOfDevices(devices, { order: 'asc', page: 1, pageSize: 2, ...paging });
  return { ...rest, numbers: items.map(({ recordNumber }) => recordNumber) };
};

it('a page of devices says how many there are and where the next one begins', () => {
  expect(page({})).toEqual({ numbers: [1, 2], total: 5, page: 1, pageSize: 2, nextCursor: '2' });
  expect(page({ page: 3 })).toMatchObject({ numbers: [9], nextCursor: null });
  expect(page({ page: 4 })).toMatchObject({ numbers: [], nextCursor: null });
});

it('the cursor goes on behind a device, also one that is gone', () => {
  expect(page({ cursor: 2 })).toMatchObject({ numbers: [4, 7], nextCursor: '7' });
  expect(page({ cursor: 3 })).toMatchObject({ numbers: [4, 7] });
  expect(page({ cursor: 7 })).toMatchObject({ numbers: [9], nextCursor: null });
});

it('desc shows the newest device first', () => {
  expect(page({ order: 'desc' })).toMatchObject({ numbers: [9, 7], nextCursor: '7' });
  expect(page({ order: 'desc', cursor: 7 })).toMatchObject({ numbers: [4, 2], nextCursor: '2' });
});
