import { useState } from 'preact/hooks';
import { SANDBOX } from '../../api/paths.ts';
import type { Whole } from '../../api/people-types.ts';
import type { SandboxPhone } from '../../api/sandbox-types.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { useLive } from '../../lib/live.ts';
import { replaceQuery } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { CreatePhone } from './create-phone.tsx';
import { FaultsCard } from './faults-card.tsx';
import { PhoneCards } from './phone-cards.tsx';
import { PhoneView } from './phone-view.tsx';
import { t } from './texts.ts';
import './sandbox.css';

/** Simulated phones: linking, reading and writing, and troubles on request. */
export function SandboxPage({ query: { phone: chosen = '', chat = '' } }: PageProps) {
  const [adding, setAdding] = useState(false);
  const phones = useResource((signal) => api.get<Whole<SandboxPhone>>(`${SANDBOX}/phones`, { signal }));
  usePolling(3_000, phones.reload);
  useLive({ types: ['status', 'authenticated'] }, phones.reload);
  const add = (
    <Button kind="primary" onClick={() => setAdding(true)}>
      {t('addPhone')}
    </Button>
  );
  const choose = (phone: string) => replaceQuery({ phone });
  return (
    <Page title={t('title')} actions={add}>
      <p class="muted">{t('intro')}</p>
      <ResourceView of={phones}>
        {({ items }) => {
          const open = items.find(({ phoneNumber }) => phoneNumber === chosen);
          if (items.length === 0) {
            return (
              <EmptyState icon="phone" title={t('noPhones')}>
                {t('noPhonesText')}
              </EmptyState>
            );
          }
          return (
            <>
              <PhoneCards phones={items} chosen={chosen} onChosen={choose} />
              {open ? (
                <PhoneView
                  key={chosen}
                  phone={open}
                  phones={items}
                  chat={chat}
                  onChat={(to) => replaceQuery({ phone: chosen, chat: to })}
                  onChanged={phones.reload}
                />
              ) : (
                <p class="muted">{t('choosePhone')}</p>
              )}
              <FaultsCard phones={items} />
            </>
          );
        }}
      </ResourceView>
      {adding && (
        <CreatePhone
          taken={phones.data?.items.map(({ phoneNumber }) => phoneNumber) ?? []}
          onClose={() => setAdding(false)}
          onMade={({ phoneNumber }) => {
            phones.reload();
            choose(phoneNumber);
          }}
        />
      )}
    </Page>
  );
}
