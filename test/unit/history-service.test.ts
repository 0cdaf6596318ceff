import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { HistoryMessage, HistorySlice } from '../../src/reports/history.ts';
import { createHistoryService } from '../../src/reports/history-service.ts';
import { createCursors } from '../../src/reports/page-cursor.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';

const EVERYBODY = { deviceIds: null, mayUse: () => true };
const QUESTION = { subject: { kind: 'everybody' } } as const;

/** A history of so many messages, which counts what is asked of it. */
function createService(messages: number) {
  const asked = { slices: 0, counts: 0 };
  const service = createHistoryService({
    history: {
      async slice(_filter, { after, offset, limit }: HistorySlice) {
        asked.slices += 1;
        const from = after ? Number(after.id) + 1 : offset;
        return Array.from({ length: Math.max(0, Math.min(limit, messages - from)) }, (_, index) =>
          message(from + index),
        );
      },
      async count() {
        asked.counts += 1;
        return messages;
      },
    },
    search: { slice: async () => [], count: async () => 0 },
    records: { find: () => Promise.reject(new Error('nobody asks for a record')) },
    cursors: createCursors([randomBytes(32)]),
    timezone: 'Asia/Jakarta',
    defaultCountry: 'ID',
  });
  return { service, asked };
}

function message(index: number): HistoryMessage {
  return {
    id: String(index),
    deviceId: 'shop' as DeviceId,
    chat: '62812@s.whatsapp.net',
    participant: '',
    direction: 'in',
    waMessageId: `3EB0${index}` as WaMessageId,
    ownNumber: '62811',
    senderNumber: '62812',
    receiverNumber: '62811',
    contactNumber: '62812',
    isGroup: false,
    pushName: null,
    type: 'text',
    text: null,
    media: null,
    quotedWaMessageId: null,
    reactions: null,
    status: null,
    source: 'live',
    timestamp: new Date(index),
    editedAt: null,
    revokedAt: null,
  };
}

it('an export reads no further than it is taken, and ends', async () => {
  const { service, asked } = createService(1_750);
  const pieces = await service.csv(QUESTION, EVERYBODY, 'asc');
  expect(asked.slices).toBe(0);
  await pieces.next();
  await pieces.next();
  expect(asked.slices).toBe(1);
  let lines = 500;
  for await (const piece of pieces) lines += piece.split('\r\n').length - 1;
  expect([lines, asked.slices]).toEqual([1_750, 4]);
});

it('a page by cursor carries the total on without counting again', async () => {
  const { service, asked } = createService(25);
  const paging = { order: 'desc', page: 1, pageSize: 10 } as const;
  const first = await service.list(QUESTION, EVERYBODY, paging);
  const second = await service.list(QUESTION, EVERYBODY, { ...paging, cursor: first.nextCursor ?? '' });
  const third = await service.list(QUESTION, EVERYBODY, { ...paging, cursor: second.nextCursor ?? '' });
  expect([first, second, third].map(({ total, items }) => [total, items.length])).toEqual([
    [25, 10],
    [25, 10],
    [25, 5],
  ]);
  expect(third.nextCursor).toBe(null);
  expect(asked.counts).toBe(1);
});
