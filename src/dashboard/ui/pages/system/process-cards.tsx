import type { SystemCheck, SystemDetails, SystemView } from '../../api/system-types.ts';
import { StatusPill } from '../../components/badge.tsx';
import { Card, Facts } from '../../components/card.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { formatDuration } from '../../lib/duration.ts';
import { formatBytes, formatNumber } from '../../lib/format.ts';
import { t } from './texts.ts';

/** What the server stands on, as `/ready` asks for it. */
export function ChecksCard({ checks }: { checks: readonly SystemCheck[] }) {
  const isReady = checks.every(({ ok }) => ok);
  return (
    <Card
      title={t('checks')}
      actions={<StatusPill tone={isReady ? 'ok' : 'danger'}>{t(isReady ? 'ready' : 'notReady')}</StatusPill>}
    >
      <ul class="system-checks">
        {checks.map(({ name, ok, why }) => (
          <li key={name}>
            <span class="grow">{t.maybe(`check.${name}`, name)}</span>
            <StatusPill tone={ok ? 'ok' : 'danger'}>{t(ok ? 'ok' : 'bad')}</StatusPill>
            {why !== null && <p class="system-why small break">{why}</p>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function AboutCard({ view: { version, uptime, sandbox, details } }: { view: SystemView }) {
  const { node, role, mode, whatsAppVersion, events } = details ?? {};
  return (
    <Card title={t('about')}>
      <Facts
        items={[
          [t('version'), version],
          [t('uptime'), formatDuration(uptime)],
          ...(sandbox ? [[t('sandbox'), t('yes')] as const] : []),
          ...(node === undefined ? [] : [[t('node'), node] as const]),
          ...(role === undefined ? [] : [[t('role'), role] as const]),
          ...(mode === undefined
            ? []
            : [
                [t('database'), mode.database] as const,
                [t('wakeups'), t.maybe(`wakeups.${mode.wakeups}`, mode.wakeups)] as const,
              ]),
          ...(details ? [[t('whatsApp'), whatsAppVersion ?? t('unknown')] as const] : []),
          ...(typeof events?.last === 'number' ? [[t('lastEvent'), formatNumber(events.last)] as const] : []),
        ]}
      />
    </Card>
  );
}

export function MemoryCard({ details: { process, media } }: { details: SystemDetails }) {
  const { usedBytes, quotaBytes } = media;
  const said = { used: formatBytes(usedBytes ?? 0), quota: formatBytes(quotaBytes) };
  return (
    <Card title={t('memory')}>
      <Facts
        items={[
          [t('rss'), formatBytes(process.rssBytes)],
          [t('heap'), formatBytes(process.heapUsedBytes)],
          [t('lag'), formatNumber(process.loopLagMs, { style: 'unit', unit: 'millisecond' })],
          [t('media'), usedBytes === null ? t('unknown') : t('mediaOf', said)],
        ]}
      />
      {usedBytes !== null && <ProgressBar label={t('media')} value={usedBytes} max={quotaBytes} />}
    </Card>
  );
}
