import { useRef } from 'preact/hooks';
import { Page } from '../../components/page.tsx';
import { browserClock } from '../../lib/clock.ts';
import type { PageProps } from '../page-props.ts';
import { ContactsCard } from './contacts-card.tsx';
import { ExportCard } from './export-card.tsx';
import { Figures } from './figures.tsx';
import { periodOf } from './period.ts';
import { PeriodBar } from './period-bar.tsx';
import { t } from './texts.ts';
import './reports.css';

/** How much was said, when, by whom and how far it got. */
export function ReportsPage({ query }: PageProps) {
  // Over midnight the page stays what it was.
  const now = useRef(browserClock.now());
  const deviceId = query.device ?? '';
  const period = periodOf(query, now.current);
  const isTurned = period.to < period.from;
  return (
    <Page title={t('title')}>
      <PeriodBar query={query} deviceId={deviceId} period={period} isTurned={isTurned} />
      {!isTurned && (
        <>
          <Figures deviceId={deviceId} period={period} />
          <ContactsCard key={`${deviceId} ${period.from} ${period.to}`} deviceId={deviceId} period={period} />
          <ExportCard deviceId={deviceId} period={period} />
        </>
      )}
    </Page>
  );
}
