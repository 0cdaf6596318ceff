import type { ComponentChildren } from 'preact';
import type { SavedRecipient } from '../../api/recipient-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { may } from '../../lib/session.ts';
import { formatPhone } from '../send/format-phone.ts';
import { fieldsText } from './field-lines.ts';
import { t } from './texts.ts';

interface PeopleTableProps {
  people: readonly SavedRecipient[];
  /** Of a row, for those who may change something. */
  buttons(recipient: SavedRecipient): ComponentChildren;
}

export function PeopleTable({ people, buttons }: PeopleTableProps) {
  const columns: readonly Column<SavedRecipient>[] = [
    { id: 'name', title: t('name'), cell: ({ name }) => <span class="break">{name}</span> },
    {
      id: 'number',
      title: t('number'),
      cell: ({ number }) => <span class="mono">{formatPhone(number)}</span>,
    },
    {
      id: 'fields',
      title: t('fields'),
      cell: ({ fields }) => <span class="break small">{fieldsText(fields, ', ') || '–'}</span>,
    },
    ...(may('message:send') ? [{ id: 'actions', title: t('actions'), cell: buttons }] : []),
  ];
  return (
    <DataTable caption={t('tab.people')} columns={columns} rows={people} keyOf={({ id }) => String(id)} />
  );
}
