import { expect, it } from 'vitest';
import { createListMessages } from '../../src/recipients/list-messages.ts';
import type { Recipient } from '../../src/recipients/recipient.ts';

const member: Recipient = {
  id: 1,
  name: 'Ana',
  number: '628111',
  fields: { a: 'x'.repeat(500), city: 'Kota {name}' },
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

const listMessages = createListMessages({
  lists: { find: async () => ({ id: 1, name: 'list' }) as never },
  recipients: { list: async () => [member] },
});
const textOf = async (template: string) => (await listMessages(1, template))[0]?.message;

it('fills in what is known, once, and leaves the rest', async () => {
  expect(await textOf('{name} {number} {city} {other} {b')).toBe('Ana 628111 Kota {name} {other} {b');
});

it('makes no text of half a million characters out of a short one', async () => {
  expect((await textOf('{a}'.repeat(1_365)))?.length).toBe(4_097);
  expect((await textOf('x'.repeat(4_096)))?.length).toBe(4_096);
});
