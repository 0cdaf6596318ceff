import type { Page } from '../../api/device-types.ts';
import type { NumberContact } from '../../api/history-types.ts';
import { REPORTING } from '../../api/paths.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Pager } from '../../components/pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { deviceById } from '../../lib/device-store.ts';
import { formatNumber } from '../../lib/format.ts';
import { href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { useResource } from '../../lib/use-resource.ts';
import { formatPhone } from '../send/format-phone.ts';
import type { Period } from './period.ts';
import { t } from './texts.ts';

/** With whom one device wrote. */
export function ContactsCard({ deviceId, period }: { deviceId: string; period: Period }) {
  const number = deviceById(deviceId)?.phoneNumber ?? null;
  return (
    <Card title={t('contactsTitle')}>
      {number === null ? (
        <p class="muted">{t('contactsChoose')}</p>
      ) : (
        <Contacts deviceId={deviceId} number={number} period={period} />
      )}
    </Card>
  );
}

interface ContactsProps {
  deviceId: string;
  number: string;
  period: Period;
}

const PAGE = 25;

function Contacts({ deviceId, number, period }: ContactsProps) {
  const { cursor, hasPrevious, next, previous } = useCursor();
  const { from, to } = period;
  const path = `${REPORTING}/messages/number/${encodeURIComponent(number)}/contacts`;
  const contacts = useResource(
    (signal) => {
      const query = { session_id: deviceId, start_date: from, end_date: to, pageSize: PAGE, cursor };
      return api.get<Page<NumberContact>>(path, { query, signal });
    },
    [path, deviceId, from, to, cursor],
  );
  return (
    <ResourceView of={contacts}>
      {({ items, total, nextCursor }) =>
        items.length === 0 ? (
          <p class="muted">{t('contactsNone')}</p>
        ) : (
          <>
            <ContactTable deviceId={deviceId} contacts={items} />
            <Pager
              shown={items.length}
              total={total}
              hasNext={nextCursor !== null}
              hasPrevious={hasPrevious}
              onNext={() => next(nextCursor)}
              onPrevious={previous}
            />
          </>
        )
      }
    </ResourceView>
  );
}

function ContactTable({ deviceId, contacts }: { deviceId: string; contacts: readonly NumberContact[] }) {
  return (
    <DataTable
      caption={t('contactsTitle')}
      rows={contacts}
      keyOf={({ phoneNumber }) => phoneNumber}
      columns={[
        {
          id: 'name',
          title: t('name'),
          cell: (contact) => <ContactName deviceId={deviceId} contact={contact} />,
        },
        { id: 'number', title: t('number'), cell: ({ phoneNumber }) => formatPhone(phoneNumber) },
        { id: 'in', title: t('received'), align: 'end', cell: ({ received }) => formatNumber(received) },
        { id: 'out', title: t('sent'), align: 'end', cell: ({ sent }) => formatNumber(sent) },
        { id: 'last', title: t('last'), cell: ({ lastMessageAt }) => <TimeAgo at={lastMessageAt} /> },
      ]}
    />
  );
}

function ContactName({ deviceId, contact }: { deviceId: string; contact: NumberContact }) {
  const { phoneNumber, pushName } = contact;
  const name = pushName ?? formatPhone(phoneNumber);
  return (
    <a
      class="break"
      href={href('/chats', { device: deviceId, chat: `${phoneNumber}@s.whatsapp.net` })}
      title={t('toChat', { name })}
    >
      <bdi>{name}</bdi>
    </a>
  );
}
