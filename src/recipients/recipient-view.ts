import type { Recipient, RecipientList } from './recipient.ts';

/** A recipient as callers see it; times are ISO 8601 in UTC. */
export type RecipientView = ReturnType<typeof toRecipientView>;

export function toRecipientView({ id, name, number, fields, createdAt, updatedAt }: Recipient) {
  return {
    id,
    name,
    number,
    fields: { ...fields },
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

export type RecipientListView = ReturnType<typeof toRecipientListView>;

export function toRecipientListView({ id, name, description, members, createdAt, updatedAt }: RecipientList) {
  return {
    id,
    name,
    description,
    members,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
