import { Card } from '../../components/card.tsx';
import { errorText } from '../../components/error-state.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { wallTime } from '../../lib/wall-time.ts';
import { formatInZone, ownZone } from '../../lib/zones.ts';
import { isTimeError } from './schedule-errors.ts';
import { t } from './texts.ts';
import type { Foreseen } from './use-preview.ts';

/** When it will come, before it is saved: on the clocks of its zone, and on one's own where they differ. */
export function NextRuns({ foreseen: { preview, error } }: { foreseen: Foreseen }) {
  const own = ownZone();
  return (
    <Card title={t('nextRuns')}>
      <div role="status">
        {preview === null ? (
          <p class="muted">{nothingText(error)}</p>
        ) : (
          <ol class="schedules-runs">
            {preview.runs.map(({ runAt, scheduleTime }) => (
              <li key={runAt}>
                <time dateTime={runAt}>{formatInZone(runAt, preview.timezone)}</time>
                {preview.timezone !== own && (
                  <span class="muted small">{t('yourTime', { time: formatInZone(runAt, own) })}</span>
                )}
                {isShifted(runAt, scheduleTime, preview.timezone) && (
                  <span class="small schedules-shift">
                    {t('shifted', { time: scheduleTime.slice(11, 16) })}
                  </span>
                )}
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}

/** What is wrong with a time is said at its field. */
function nothingText(error: ApiError | null): string {
  if (!error) return t('nextRunsEmpty');
  return isTimeError(error) ? t('nextRunsNone') : errorText(error);
}

/** Whether the clock skips the time of the rule that day. */
function isShifted(runAt: string, scheduleTime: string, zone: string): boolean {
  return wallTime(new Date(runAt).getTime(), zone) !== scheduleTime.slice(0, 16);
}
