/** What else is known of somebody, by names the operator chose; for the placeholders of texts. */
export type RecipientFields = Readonly<Record<string, string>>;

/** Somebody to write to. Belongs to no device: whatever happens to devices, recipients stay. */
export interface Recipient {
  readonly id: number;
  readonly name: string;
  /** Digits with the country code; one recipient each. */
  readonly number: string;
  readonly fields: RecipientFields;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewRecipient = Pick<Recipient, 'name' | 'number' | 'fields'>;

/** Recipients under one name. */
export interface RecipientList {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly members: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
