import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { phoneNumberOf } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { NewRecipient, RecipientFields } from './recipient.ts';
import type { RecipientRepository } from './recipient-repository.ts';
import { type RecipientView, toRecipientView } from './recipient-view.ts';

interface RecipientServiceDeps {
  readonly recipients: RecipientRepository;
  readonly clock: Clock;
  readonly defaultCountry: DefaultCountry;
}

/** Somebody as a caller writes them down; the number in any form. */
export interface RecipientEntry {
  readonly name: string;
  readonly number: string;
  readonly fields?: RecipientFields | undefined;
}

/** What is left out stays as it is. */
export interface RecipientEdit {
  readonly name?: string | undefined;
  readonly number?: string | undefined;
  readonly fields?: RecipientFields | undefined;
}

/** What became of one entry of many. */
export interface ImportedEntry {
  readonly index: number;
  /** `exists`: the number was there, and was left as it was. */
  readonly status: 'created' | 'updated' | 'exists' | 'invalid';
  readonly id: number | null;
  readonly number: string | null;
  readonly code: string | null;
}

export interface ImportReport {
  readonly created: number;
  readonly updated: number;
  readonly existing: number;
  readonly invalid: number;
  readonly items: readonly ImportedEntry[];
}

export interface RecipientListing {
  readonly q?: string | undefined;
  readonly page: number;
  readonly pageSize: number;
}

export type RecipientService = ReturnType<typeof createRecipientService>;

/** People to write to. With an id every method throws RECIPIENT_NOT_FOUND. */
export function createRecipientService({ recipients, clock, defaultCountry }: RecipientServiceDeps) {
  /** Throws RECIPIENT_INVALID, also for groups and hidden ids. */
  const numberOf = (text: string): string => {
    const number = phoneNumberOf(parseRecipient(text, defaultCountry));
    if (number === null) throw new AppError('RECIPIENT_INVALID');
    return number;
  };

  async function read(id: number): Promise<RecipientView> {
    const found = await recipients.find(id);
    if (!found) throw new AppError('RECIPIENT_NOT_FOUND', { id });
    return toRecipientView(found);
  }

  async function taken(number: string): Promise<AppError> {
    const [other] = await recipients.byNumbers([number]);
    return new AppError('RECIPIENT_EXISTS', { id: other?.id ?? null });
  }

  return {
    view: read,

    count: () => recipients.count(),

    async list({ q: text, page, pageSize }: RecipientListing) {
      const [items, total] = await Promise.all([
        recipients.list({ text, limit: pageSize, offset: (page - 1) * pageSize }),
        recipients.count({ text }),
      ]);
      return { items: items.map(toRecipientView), total, page, pageSize };
    },

    /** Throws RECIPIENT_INVALID and RECIPIENT_EXISTS. */
    async create({ name, number: text, fields = {} }: RecipientEntry): Promise<RecipientView> {
      const number = numberOf(text);
      const before = await recipients.byNumbers([number]);
      if (before.length > 0) throw await taken(number);
      await recipients.add([{ name, number, fields }], clock.now());
      const [added] = await recipients.byNumbers([number]);
      if (!added) throw new AppError('RECIPIENT_NOT_FOUND', { number });
      return toRecipientView(added);
    },

    /** What is left out stays. Throws RECIPIENT_INVALID and RECIPIENT_EXISTS. */
    async change(id: number, { name, number: text, fields }: RecipientEdit): Promise<RecipientView> {
      const number = text === undefined ? undefined : numberOf(text);
      const change = {
        ...(name !== undefined && { name }),
        ...(number !== undefined && { number }),
        ...(fields !== undefined && { fields }),
      };
      const changed = await recipients.change(id, change, clock.now());
      if (changed === 'taken' && number !== undefined) throw await taken(number);
      return read(id);
    },

    async remove(id: number): Promise<void> {
      if (!(await recipients.remove(id))) throw new AppError('RECIPIENT_NOT_FOUND', { id });
    },

    /** Takes what can be taken and tells of each entry what became of it; a number that comes twice counts once. */
    async takeMany(entries: readonly RecipientEntry[], onExisting: OnExisting): Promise<ImportReport> {
      const readings = entries.map(({ name, number, fields = {} }) => ({
        name,
        number: tryNumber(number),
        fields,
      }));
      const valid = readings.flatMap(({ number, ...rest }) => (number === null ? [] : [{ ...rest, number }]));
      const numbers = valid.map(({ number }) => number);
      const before = await idsOf(numbers);
      // The last of a number stays in the map: of those that come twice the first is kept, unless the last is to win.
      const inOrder = onExisting === 'keep' ? valid.toReversed() : valid;
      const fresh = new Map(
        inOrder.filter(({ number }) => !before.has(number)).map((entry) => [entry.number, entry]),
      );
      await recipients.add([...fresh.values()], clock.now());
      const known = await idsOf(numbers);
      if (onExisting === 'update')
        await updateAll(
          valid.filter(({ number }) => before.has(number)),
          before,
        );
      return reportOf(
        readings.map(({ number }, index) => settle({ index, number, id: known.get(number ?? '') ?? null })),
      );

      function settle(entry: Pick<ImportedEntry, 'index' | 'number' | 'id'>): ImportedEntry {
        if (entry.number === null) return { ...entry, status: 'invalid', code: 'RECIPIENT_INVALID' };
        const isNew = fresh.delete(entry.number);
        return { ...entry, status: isNew ? 'created' : STATUS_OF[onExisting], code: null };
      }
    },
  };

  async function idsOf(numbers: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map((await recipients.byNumbers(numbers)).map(({ number, id }) => [number, id]));
  }

  async function updateAll(
    entries: readonly NewRecipient[],
    ids: ReadonlyMap<string, number>,
  ): Promise<void> {
    const at = clock.now();
    for (const { name, number, fields } of entries) {
      const id = ids.get(number);
      if (id !== undefined) await recipients.change(id, { name, fields }, at);
    }
  }

  function tryNumber(text: string): string | null {
    try {
      return numberOf(text);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }
}

/** What happens to numbers that are there already. */
export type OnExisting = 'keep' | 'update';

const STATUS_OF = { keep: 'exists', update: 'updated' } as const;

function reportOf(items: readonly ImportedEntry[]): ImportReport {
  const count = (status: ImportedEntry['status']) => items.filter((item) => item.status === status).length;
  return {
    created: count('created'),
    updated: count('updated'),
    existing: count('exists'),
    invalid: count('invalid'),
    items,
  };
}
