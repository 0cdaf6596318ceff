import { useState } from 'preact/hooks';
import { REPORTING } from '../../api/paths.ts';
import type { NumberedPage, SavedList } from '../../api/recipient-types.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { NumberPager } from '../../components/number-pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { href } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { ListForm } from './list-form.tsx';
import { t } from './texts.ts';

/** Every list with how many people are on it. */
export function ListsTab() {
  const [adding, setAdding] = useState(false);
  const [page, setPage] = useState(1);
  const lists = useResource(
    (signal) =>
      api.get<NumberedPage<SavedList>>(`${REPORTING}/recipient-lists`, {
        query: { page, pageSize: 50 },
        signal,
      }),
    [page],
  );
  return (
    <>
      {may('message:send') && (
        <div>
          <Button kind="primary" onClick={() => setAdding(true)}>
            {t('addList')}
          </Button>
        </div>
      )}
      <ResourceView of={lists}>
        {(found) =>
          found.total === 0 ? (
            <EmptyState icon="list" title={t('noLists')}>
              {t('noListsText')}
            </EmptyState>
          ) : (
            <>
              <ul class="columns" aria-label={t('tab.lists')}>
                {found.items.map((list) => (
                  <ListCard key={list.id} list={list} />
                ))}
              </ul>
              <NumberPager of={found} onPage={setPage} />
            </>
          )
        }
      </ResourceView>
      {adding && <ListForm list={null} onClose={() => setAdding(false)} onSaved={lists.reload} />}
    </>
  );
}

function ListCard({ list: { id, name, description, members } }: { list: SavedList }) {
  return (
    <li class="recipients-list">
      <a class="recipients-name break" href={href('/recipients', { tab: 'lists', list: String(id) })}>
        {name}
      </a>
      {description && <p class="break">{description}</p>}
      <p class="muted small">{t.count('members', members)}</p>
    </li>
  );
}
