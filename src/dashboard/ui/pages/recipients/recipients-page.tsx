import { Page } from '../../components/page.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { replaceQuery } from '../../lib/place.ts';
import type { PageProps } from '../page-props.ts';
import { ListView } from './list-view.tsx';
import { ListsTab } from './lists-tab.tsx';
import { PeopleTab } from './people-tab.tsx';
import { t } from './texts.ts';
import './recipients.css';

const TABS = ['people', 'lists'] as const;

/** People to write to, and the lists they are on. */
export function RecipientsPage({ query: { tab = '', list = '' } }: PageProps) {
  const active = TABS.find((each) => each === tab) ?? 'people';
  return (
    <Page title={t('title')}>
      <Tabs
        label={t('title')}
        tabs={TABS.map((id) => ({ id, label: t(`tab.${id}`) }))}
        active={active}
        onActive={(next) => replaceQuery({ tab: next })}
      >
        {active === 'people' && <PeopleTab />}
        {active === 'lists' && (list === '' ? <ListsTab /> : <ListView key={list} listId={list} />)}
      </Tabs>
    </Page>
  );
}
