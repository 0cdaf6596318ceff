import { describe, expect, it } from 'vitest';
import { createRecipientListRepository } from '../../src/recipients/recipient-list-repository.ts';
import { createRecipientListService } from '../../src/recipients/recipient-list-service.ts';
import { createRecipientRepository } from '../../src/recipients/recipient-repository.ts';
import { createRecipientService } from '../../src/recipients/recipient-service.ts';
import { systemClock as clock } from '../../src/shared/clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('recipients', (open) => {
  async function services() {
    const database = await open();
    const recipients = createRecipientRepository({ database });
    const lists = createRecipientListRepository({ database });
    return {
      people: createRecipientService({ recipients, clock, defaultCountry: 'ID' }),
      lists: createRecipientListService({ lists, recipients, clock }),
    };
  }
  const numbered = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `Person ${String(index).padStart(4, '0')}`,
      number: String(6281300000000 + index),
      fields: { row: String(index) },
    }));

  it('are given back as they were stored', async () => {
    const { people } = await services();
    const made = await people.create({
      name: 'Ñandú 😀',
      number: '0812-3456-789',
      fields: { city: 'Köln', note: '"quoted" \\ and 😀' },
    });

    expect(await people.view(made.id)).toEqual(made);
    expect(made).toMatchObject({
      number: '628123456789',
      name: 'Ñandú 😀',
      fields: { city: 'Köln', note: '"quoted" \\ and 😀' },
    });
  });

  it('are taken a thousand at once, page by page in the order of their names', async () => {
    const { people } = await services();
    const report = await people.takeMany(numbered(1_000), 'keep');
    expect(report).toMatchObject({ created: 1_000, existing: 0, invalid: 0 });
    expect(new Set(report.items.map(({ id }) => id)).size).toBe(1_000);
    const second = await people.list({ page: 2, pageSize: 300 });

    expect(second.total).toBe(1_000);
    expect(second.items[0]).toMatchObject({ name: 'Person 0300', fields: { row: '300' } });
    expect(await people.takeMany(numbered(1_000), 'keep')).toMatchObject({ created: 0, existing: 1_000 });
  });

  it('are each there once, whoever adds them at the same time', async () => {
    const { people } = await services();
    await Promise.all([1, 2, 3].map(() => people.takeMany(numbered(50), 'keep')));

    expect(await people.count()).toBe(50);
  });

  it.each([
    ['%', ['100% sure']],
    ['_', ['a_b']],
    ['!', ['hello!']],
    ['SURE', ['100% sure']],
  ])('are searched for %j as it is written', async (q, names) => {
    const { people } = await services();
    const entries = ['100% sure', 'a_b', 'hello!', 'axb'].map((name, index) => ({
      name,
      number: String(6281300000000 + index),
    }));
    await people.takeMany(entries, 'keep');

    expect((await people.list({ q, page: 1, pageSize: 10 })).items.map(({ name }) => name)).toEqual(names);
  });

  describe('on lists', () => {
    it('are on a list once, and leave it with the recipient or the list', async () => {
      const { people, lists } = await services();
      const ids = (await people.takeMany(numbered(250), 'keep')).items.flatMap(({ id }) => id ?? []);
      const one = await lists.create({ name: 'One', description: null });
      const two = await lists.create({ name: 'Two', description: 'the second' });
      expect(await lists.addMembers(one.id, ids)).toMatchObject({ changed: 250, list: { members: 250 } });
      expect(await lists.addMembers(one.id, ids)).toMatchObject({ changed: 0 });
      expect(await lists.addMembers(two.id, ids.slice(0, 2))).toMatchObject({ changed: 2 });
      await people.remove(ids[0] ?? 0);
      expect(await lists.view(one.id)).toMatchObject({ members: 249 });
      expect(await lists.view(two.id)).toMatchObject({ members: 1 });
      expect(await lists.removeMembers(one.id, ids)).toMatchObject({ changed: 249, list: { members: 0 } });
      await lists.remove(two.id);

      expect(await people.count()).toBe(249);
      expect((await lists.list({ page: 1, pageSize: 10 })).items).toMatchObject([{ name: 'One' }]);
    });

    it('have names of their own', async () => {
      const { lists } = await services();
      await lists.create({ name: 'One', description: null });
      const two = await lists.create({ name: 'Two', description: null });

      await expect(lists.create({ name: 'One', description: null })).rejects.toMatchObject({
        code: 'RECIPIENT_LIST_EXISTS',
      });
      await expect(lists.change(two.id, { name: 'One' })).rejects.toMatchObject({
        code: 'RECIPIENT_LIST_EXISTS',
      });
      expect(await lists.change(two.id, { description: 'x' })).toMatchObject({
        name: 'Two',
        description: 'x',
      });
    });
  });
});
