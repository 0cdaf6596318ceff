import type { RecipientList } from './sending-types.ts';

/** The shapes of recipients as their page reads them; test/unit/dashboard/admin-types.test.ts compares them with the server's. */
export interface SavedRecipient {
  readonly id: number;
  readonly name: string;
  readonly number: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface SavedList extends RecipientList {
  readonly description: string | null;
  readonly members: number;
}

/** A page of a list that is paged by number. */
export interface NumberedPage<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
}

/** What became of a table. */
export interface TableReport {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly existing: number;
  readonly invalid: number;
  /** How many were not on the list. */
  readonly added: number;
  readonly columns: {
    readonly number: string;
    readonly name: string | null;
    readonly fields: readonly string[];
  };
  readonly bad: readonly {
    readonly line: number;
    readonly column: string | null;
    readonly code: string;
    readonly message: string;
  }[];
}
