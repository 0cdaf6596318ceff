import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { NewRecipientList, RecipientListRepository } from './recipient-list-repository.ts';
import type { RecipientRepository } from './recipient-repository.ts';
import type { RecipientListing } from './recipient-service.ts';
import { type RecipientListView, toRecipientListView, toRecipientView } from './recipient-view.ts';

interface RecipientListServiceDeps {
  readonly lists: RecipientListRepository;
  readonly recipients: Pick<RecipientRepository, 'list' | 'count'>;
  readonly clock: Clock;
}

export type RecipientListService = ReturnType<typeof createRecipientListService>;

/** Recipients under names. With an id every method throws RECIPIENT_LIST_NOT_FOUND. */
export function createRecipientListService({ lists, recipients, clock }: RecipientListServiceDeps) {
  async function read(id: number): Promise<RecipientListView> {
    const found = await lists.find(id);
    if (!found) throw new AppError('RECIPIENT_LIST_NOT_FOUND', { id });
    return toRecipientListView(found);
  }

  return {
    view: read,

    /** A list by its id or by its name. Throws RECIPIENT_LIST_NOT_FOUND. */
    async resolve(list: number | string): Promise<Pick<RecipientListView, 'id' | 'name'>> {
      if (typeof list === 'number') return read(list);
      const found = await lists.findByName(list);
      if (!found) throw new AppError('RECIPIENT_LIST_NOT_FOUND', { list });
      return found;
    },

    async list({ page, pageSize }: Omit<RecipientListing, 'q'>) {
      const [items, total] = await Promise.all([
        lists.list({ limit: pageSize, offset: (page - 1) * pageSize }),
        lists.count(),
      ]);
      return { items: items.map(toRecipientListView), total, page, pageSize };
    },

    /** Throws RECIPIENT_LIST_EXISTS. */
    async create(list: NewRecipientList): Promise<RecipientListView> {
      const added = await lists.add(list, clock.now());
      if (!added) throw new AppError('RECIPIENT_LIST_EXISTS');
      return toRecipientListView(added);
    },

    /** What is left out stays. Throws RECIPIENT_LIST_EXISTS. */
    async change(id: number, change: Partial<NewRecipientList>): Promise<RecipientListView> {
      const changed = await lists.change(id, change, clock.now());
      if (changed === 'taken') throw new AppError('RECIPIENT_LIST_EXISTS');
      return read(id);
    },

    /** The people on it stay recipients. */
    async remove(id: number): Promise<void> {
      if (!(await lists.remove(id))) throw new AppError('RECIPIENT_LIST_NOT_FOUND', { id });
    },

    async members(id: number, { q: text, page, pageSize }: RecipientListing) {
      await read(id);
      const filter = { listId: id, text };
      const [items, total] = await Promise.all([
        recipients.list({ ...filter, limit: pageSize, offset: (page - 1) * pageSize }),
        recipients.count(filter),
      ]);
      return { items: items.map(toRecipientView), total, page, pageSize };
    },

    /** Ids nobody has are left out, and so are those on the list already. */
    async addMembers(id: number, recipientIds: readonly number[]) {
      await read(id);
      const changed = await lists.addMembers(id, [...new Set(recipientIds)]);
      return { changed, list: await read(id) };
    },

    async removeMembers(id: number, recipientIds: readonly number[]) {
      await read(id);
      const changed = await lists.removeMembers(id, [...new Set(recipientIds)]);
      return { changed, list: await read(id) };
    },
  };
}
