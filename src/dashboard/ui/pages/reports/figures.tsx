import { useEffect, useRef } from 'preact/hooks';
import type { Page } from '../../api/device-types.ts';
import type { DailyFigures, MessageStats } from '../../api/history-types.ts';
import { REPORTING } from '../../api/paths.ts';
import { BarChart } from '../../components/bar-chart.tsx';
import { Card } from '../../components/card.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { browserClock } from '../../lib/clock.ts';
import { deviceById } from '../../lib/device-store.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale } from '../../lib/i18n.ts';
import { useLive } from '../../lib/live.ts';
import { api } from '../../lib/session.ts';
import { createSoon } from '../../lib/soon.ts';
import { useResource } from '../../lib/use-resource.ts';
import { t as chatText } from '../chats/texts.ts';
import { perDay, perDevice } from './daily.ts';
import { daysOf, type Period } from './period.ts';
import { t } from './texts.ts';

interface FiguresProps {
  deviceId: string;
  period: Period;
}

/** Sums are dear: news are counted together. In ms. */
const SOON_MS = 5_000;

/** Totals and charts of a period. */
export function Figures({ deviceId, period }: FiguresProps) {
  const { from, to } = period;
  const keys = [deviceId, from, to];
  const stats = useResource((signal) => {
    const query = { session_id: deviceId, start_date: from, end_date: to };
    return api.get<MessageStats>(`${REPORTING}/message/stats`, { query, signal });
  }, keys);
  const daily = useResource((signal) => loadDaily(deviceId, period, signal), keys);
  const again = useRef(() => {});
  again.current = () => {
    stats.reload();
    daily.reload();
  };
  const soon = useRef(createSoon(browserClock, SOON_MS, () => again.current()));
  useEffect(() => () => soon.current.stop(), []);
  useLive({ types: ['message', 'message_status'], ...(deviceId !== '' && { deviceId }) }, () =>
    soon.current.ask(),
  );
  return (
    <ResourceView of={stats} loading={<Skeleton lines={8} />}>
      {(found) =>
        found.total === 0 ? (
          <EmptyState icon="chart" title={t('none')}>
            {t('noneText')}
          </EmptyState>
        ) : (
          <>
            <Totals stats={found} />
            <ResourceView of={daily}>
              {(lines) => <PerDay lines={lines} period={period} isOne={deviceId !== ''} />}
            </ResourceView>
            <Split stats={found} />
            <p class="small muted">{t('zone', { zone: found.timezone })}</p>
          </>
        )
      }
    </ResourceView>
  );
}

/** All lines of the report; a year of many devices is several pages. */
async function loadDaily(
  deviceId: string,
  { from, to }: Period,
  signal: AbortSignal,
): Promise<readonly DailyFigures[]> {
  const lines: DailyFigures[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = { session_id: deviceId, from, to, cursor };
    const page: Page<DailyFigures> = await api.get(`${REPORTING}/reports/daily`, { query, signal });
    lines.push(...page.items);
    cursor = page.nextCursor;
  }
  return lines;
}

function Totals({ stats }: { stats: MessageStats }) {
  const { total, incoming, outgoing, distinctContacts } = stats;
  const all = [
    [t('total'), total],
    [t('incoming'), incoming],
    [t('outgoing'), outgoing],
    [t('contactsOf'), distinctContacts],
  ] as const;
  return (
    <dl class="reports-totals">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt class="muted small">{name}</dt>
          <dd>{formatNumber(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function PerDay({
  lines,
  period,
  isOne,
}: {
  lines: readonly DailyFigures[];
  period: Period;
  isOne: boolean;
}) {
  const day = new Intl.DateTimeFormat(locale.value, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const nameOfDay = (date: string) => day.format(Date.parse(date));
  const nameOfDevice = (deviceId: string) => deviceById(deviceId)?.deviceName ?? deviceId;
  const devices = perDevice(lines, nameOfDevice);
  return (
    <>
      <Card>
        <BarChart
          title={t('perDay')}
          labelTitle={t('day')}
          valueTitle={t('messages')}
          bars={perDay(lines, daysOf(period), nameOfDay)}
        />
      </Card>
      {!isOne && devices.length > 1 && (
        <Card>
          <Meters title={t('perDevice')} bars={devices} />
        </Card>
      )}
    </>
  );
}

function Split({ stats }: { stats: MessageStats }) {
  const kinds = named(stats.perType, (type) => chatText.maybe(`type.${type}`, type));
  const statuses = named(stats.perStatus, (status) => chatText.maybe(`status.${status}`, status));
  return (
    <div class="columns">
      <Card>
        <BarChart
          title={t('perHour')}
          labelTitle={t('hour')}
          valueTitle={t('messages')}
          bars={stats.perHour.map(({ hour, incoming, outgoing }) => ({
            label: String(hour).padStart(2, '0'),
            value: incoming + outgoing,
          }))}
        />
      </Card>
      <Card>
        <Meters title={t('perType')} bars={kinds} />
      </Card>
      <Card>
        <Meters title={t('perStatus')} bars={statuses} />
      </Card>
    </div>
  );
}

function named(counts: Readonly<Record<string, number>>, nameOf: (key: string) => string) {
  return Object.entries(counts)
    .map(([key, value]) => ({ label: nameOf(key), value }))
    .sort((one, other) => other.value - one.value);
}

interface MetersProps {
  title: string;
  bars: readonly { readonly label: string; readonly value: number }[];
}

/** Bars that lie: names have room beside them, and the figures stand there. */
function Meters({ title, bars }: MetersProps) {
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <>
      <h2>{title}</h2>
      <ul class="reports-meters">
        {bars.map(({ label, value }) => (
          <li key={label}>
            <span class="row-between">
              <bdi class="grow break">{label}</bdi>
              <span>{formatNumber(value)}</span>
            </span>
            <span class="reports-meter" aria-hidden="true">
              <span style={{ width: `${(value / highest) * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
