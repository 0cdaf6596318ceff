import type { ChatbotTurn } from '../../api/device-detail-types.ts';
import type { Page } from '../../api/device-types.ts';
import { StatusPill, type Tone } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { CHATBOTS } from './chatbots.ts';
import { t } from './texts.ts';

const TONES: Record<ChatbotTurn['status'], Tone> = {
  pending: 'info',
  answered: 'ok',
  skipped: 'neutral',
  failed: 'danger',
};
const SHOWN = 10;

/** What the bot was asked about lately and what came of it; never what was said. */
export function ChatbotTurns({ id }: { id: number }) {
  const turns = useResource(
    (signal) =>
      api.get<Pick<Page<ChatbotTurn>, 'items'>>(`${CHATBOTS}/${id}/turns`, {
        query: { pageSize: SHOWN },
        signal,
      }),
    [id],
  );
  return (
    <section class="stack-s">
      <h3>{t('turns')}</h3>
      <ResourceView of={turns}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted">{t('turnsNone')}</p>
          ) : (
            <DataTable
              caption={t('turns')}
              rows={items}
              keyOf={({ turn_id }) => turn_id}
              columns={[
                { id: 'at', title: t('turnAt'), cell: ({ created_at }) => <TimeAgo at={created_at} /> },
                {
                  id: 'chat',
                  title: t('turnChat'),
                  cell: ({ chat }) => <span class="break">{nameOf(chat)}</span>,
                },
                {
                  id: 'status',
                  title: t('turnStatus'),
                  cell: ({ status }) => <StatusPill tone={TONES[status]}>{t(`turn.${status}`)}</StatusPill>,
                },
                {
                  id: 'reason',
                  title: t('turnReason'),
                  cell: ({ reason }) => (reason === null ? '–' : t.maybe(`turnReason.${reason}`, reason)),
                },
              ]}
            />
          )
        }
      </ResourceView>
    </section>
  );
}

/** A person's number; of others the whole address. */
function nameOf(chat: string): string {
  return chat.endsWith('@s.whatsapp.net') ? `+${chat.slice(0, chat.indexOf('@'))}` : chat;
}
