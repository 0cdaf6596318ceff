import { signal } from '@preact/signals';
import { browserClock } from '../lib/clock.ts';
import { formatAgo, formatDateTime } from '../lib/format.ts';
import { c } from '../texts/common.ts';

/** One clock for all of them. In ms. */
const now = signal(browserClock.now());
browserClock.every(15_000, () => {
  now.value = browserClock.now();
});

/** "3 minutes ago", with the moment itself as a hint; `null` is "never". */
export function TimeAgo({ at }: { at: string | null }) {
  if (at === null) return <>{c('never')}</>;
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatAgo(at, Math.max(now.value, browserClock.now()))}
    </time>
  );
}
