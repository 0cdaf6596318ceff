import { AppError } from '../shared/errors.ts';
import type { Recipient } from './recipient.ts';
import type { RecipientListRepository } from './recipient-list-repository.ts';
import type { RecipientRepository } from './recipient-repository.ts';

/** A text for one member of a list. */
export interface ListMessage {
  readonly to: string;
  readonly message: string;
  /** Who it is. */
  readonly name: string;
}

interface ListMessagesDeps {
  readonly lists: Pick<RecipientListRepository, 'find'>;
  readonly recipients: Pick<RecipientRepository, 'list'>;
}

/** A job takes no more items. */
const MOST = 10_000;

/**
 * A text for each member of a list, in the order of their names: `{name}`, `{number}` and the names of fields in braces stand
 * for what is known of the member. Unknown ones stay as they are. Throws RECIPIENT_LIST_NOT_FOUND, and
 * VALIDATION_FAILED for a list with nobody on it or with more than 10,000.
 */
export function createListMessages({ lists, recipients }: ListMessagesDeps) {
  return async (listId: number, template: string): Promise<ListMessage[]> => {
    if (!(await lists.find(listId))) throw new AppError('RECIPIENT_LIST_NOT_FOUND', { id: listId });
    const members = await recipients.list({ listId, limit: MOST + 1, offset: 0 });
    if (members.length === 0) throw unsuitable('nobody is on the list');
    if (members.length > MOST) throw unsuitable(`more than ${MOST} are on the list`);
    return members.map((member) => ({
      to: member.number,
      message: filledIn(template, member),
      name: member.name,
    }));
  };
}

function unsuitable(message: string): AppError {
  return new AppError('VALIDATION_FAILED', { fields: [{ field: 'listId', message }] });
}

/** One more than a message may have: the text is refused there, and ten thousand of them fit into memory. */
const LONGEST = 4_097;

/** In one pass: braces in what is known of somebody stand for nothing. Cut off where it is too long for a message. */
function filledIn(template: string, { name, number, fields }: Recipient): string {
  const known = new Map(Object.entries({ ...fields, name, number }));
  let room = LONGEST;
  const text = template.replace(/\{([a-zA-Z0-9_]{1,40})\}/g, (whole, key: string) => {
    const put = room > 0 ? (known.get(key) ?? whole) : '';
    room -= put.length;
    return put;
  });
  return text.slice(0, LONGEST).toWellFormed();
}
