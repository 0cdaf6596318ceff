import type { Outbox } from '../../api/system-types.ts';
import { Card, Facts } from '../../components/card.tsx';
import { formatDuration } from '../../lib/duration.ts';
import { formatNumber } from '../../lib/format.ts';
import { href } from '../../lib/place.ts';
import { t as deviceText } from '../devices/texts.ts';
import { t } from './texts.ts';

/** How many messages wait, and whether some wait too long. */
export function QueueCard({ outbox }: { outbox: Outbox | null }) {
  if (!outbox) {
    return (
      <Card title={t('queue')}>
        <p class="muted">{t('queueUnknown')}</p>
      </Card>
    );
  }
  const { queued, sending, held, oldestDueMs, oldestDueOfConnectedMs } = outbox;
  return (
    <Card title={t('queue')}>
      <Facts
        items={[
          [t('queued'), <Figure key="queued" value={queued} />],
          [t('sending'), <Figure key="sending" value={sending} />],
          [t('held'), <Figure key="held" value={held} />],
          [t('oldestDue'), dueText(oldestDueMs)],
          [t('oldestDueConnected'), dueText(oldestDueOfConnectedMs)],
        ]}
      />
      <p class="muted small">{t('oldestDueHint')}</p>
    </Card>
  );
}

/** How many devices are in each state; each leads to them. */
export function DevicesCard({ byStatus }: { byStatus: Readonly<Record<string, number>> }) {
  const counts = Object.entries(byStatus).filter(([, count]) => count > 0);
  return (
    <Card title={t('devices')}>
      {counts.length === 0 && <p class="muted">{t('noDevices')}</p>}
      <Facts
        items={counts.map(([status, count]) => [
          deviceText.maybe(`status.${status}`, status),
          <a key={status} class="system-figure" href={href('/devices', { status })}>
            {formatNumber(count)}
          </a>,
        ])}
      />
    </Card>
  );
}

interface CountsCardProps {
  title: string;
  /** Where the texts of the states are: `job` or `webhook`. */
  area: string;
  counts: Readonly<Record<string, number>>;
  empty?: string;
}

export function CountsCard({ title, area, counts, empty }: CountsCardProps) {
  const entries = Object.entries(counts);
  return (
    <Card title={title}>
      {entries.length === 0 && <p class="muted">{empty}</p>}
      <Facts
        items={entries.map(([status, count]) => [
          t.maybe(`${area}.${status}`, status),
          <Figure key={status} value={count} />,
        ])}
      />
    </Card>
  );
}

function Figure({ value }: { value: number }) {
  return <span class="system-figure">{formatNumber(value)}</span>;
}

function dueText(ms: number): string {
  return ms < 1000 ? t('nothingDue') : formatDuration(ms / 1000);
}
