import { REPORTING } from '../../api/paths.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { withQuery } from '../../lib/api-client.ts';
import type { Period } from './period.ts';
import { t } from './texts.ts';

/** The same as files; the browser asks for them by itself and the server streams them. */
export function ExportCard({ deviceId, period }: { deviceId: string; period: Period }) {
  const { from, to } = period;
  const of = { session_id: deviceId, format: 'csv' };
  const daily = withQuery(`${REPORTING}/reports/daily`, { ...of, from, to });
  const all = withQuery(`${REPORTING}/message/details`, { ...of, start_date: from, end_date: to });
  return (
    <Card title={t('export')}>
      <ul class="reports-exports">
        <li>
          <a href={daily} download>
            <Icon name="download" /> {t('exportDaily')}
          </a>
        </li>
        <li>
          <a href={all} download>
            <Icon name="download" /> {t('exportMessages')}
          </a>
        </li>
      </ul>
    </Card>
  );
}
