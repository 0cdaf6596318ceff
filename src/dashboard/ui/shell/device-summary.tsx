import { Badge } from '../components/badge.tsx';
import { needsAttention } from '../lib/device-attention.ts';
import { deviceCounts, devices, devicesState } from '../lib/device-store.ts';
import { formatNumber } from '../lib/format.ts';
import { href } from '../lib/place.ts';
import { t } from './texts.ts';

/** How the fleet is, on every page. */
export function DeviceSummary() {
  const total = devices.value.length;
  if (devicesState.value === 'loading' || total === 0) return <span class="summary" />;
  const connected = deviceCounts.value.connected ?? 0;
  const attention = devices.value.filter(needsAttention).length;
  return (
    <span class="summary">
      <Badge tone={connected === total ? 'ok' : 'neutral'}>
        {t('connectedOf', { connected: formatNumber(connected), total: formatNumber(total) })}
      </Badge>
      {attention > 0 && (
        <a class="summary-attention" href={href('/devices', { status: 'attention' })}>
          <Badge tone="warn">{t.count('attention', attention)}</Badge>
        </a>
      )}
    </span>
  );
}
