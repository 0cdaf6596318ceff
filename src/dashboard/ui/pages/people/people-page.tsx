import { Page } from '../../components/page.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { replaceQuery } from '../../lib/place.ts';
import type { PageProps } from '../page-props.ts';
import { AuditTab } from './audit-tab.tsx';
import { KeysTab } from './keys-tab.tsx';
import { PeopleTab } from './people-tab.tsx';
import { t } from './texts.ts';
import './people.css';

const TABS = ['keys', 'people', 'audit'] as const;

/** Who may do what: keys of programs, people, and the record of what they did. */
export function PeoplePage({ query }: PageProps) {
  const active = TABS.find((tab) => tab === query.tab) ?? 'keys';
  return (
    <Page title={t('title')}>
      <Tabs
        label={t('title')}
        tabs={TABS.map((id) => ({ id, label: t(`tab.${id}`) }))}
        active={active}
        onActive={(tab) => replaceQuery({ tab })}
      >
        {active === 'keys' && <KeysTab />}
        {active === 'people' && <PeopleTab />}
        {active === 'audit' && <AuditTab query={query} />}
      </Tabs>
    </Page>
  );
}
