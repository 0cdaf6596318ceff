import { parseJsonColumn } from '../database/columns.ts';
import type { Recipient, RecipientFields, RecipientList } from './recipient.ts';

export interface RecipientRow {
  readonly id: number;
  readonly name: string;
  readonly number: string;
  readonly fields: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The fields are only ever written from a Recipient, so they are what its type says. */
export function toRecipient(row: RecipientRow): Recipient {
  return {
    id: row.id,
    name: row.name,
    number: row.number,
    fields: row.fields === null ? {} : (parseJsonColumn(row.fields) as RecipientFields),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface RecipientListRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly members: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function toRecipientList(row: RecipientListRow): RecipientList {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    members: Number(row.members),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
