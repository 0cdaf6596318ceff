import { expect, it } from 'vitest';
import { badItem } from '../../src/messages/bulk-result.ts';

it('an item that was not accepted is failed, a word of the contract, and has no messageId', () => {
  const problems = [{ field: 'to', code: 'RECIPIENT_INVALID', message: 'nobody' }] as const;
  expect(badItem(3, { to: 'nobody' }, problems)).toEqual({
    index: 3,
    to: 'nobody',
    success: false,
    messageId: null,
    status: 'failed',
    error: { code: 'RECIPIENT_INVALID', message: 'to: nobody' },
  });
});
