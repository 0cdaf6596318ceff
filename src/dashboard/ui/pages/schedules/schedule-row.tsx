import { devicePath } from '../../api/paths.ts';
import type { Schedule, ScheduleStatus } from '../../api/schedule-types.ts';
import { Badge, StatusPill, type Tone } from '../../components/badge.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { browserClock } from '../../lib/clock.ts';
import { href } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { formatInZone, ownZone } from '../../lib/zones.ts';
import { recipientName } from '../send/recipient-name.ts';
import { t as sending } from '../send/texts.ts';
import { rhythmText } from './rhythm-text.ts';
import { t } from './texts.ts';

const TONES: Record<ScheduleStatus, Tone> = {
  active: 'info',
  done: 'ok',
  missed: 'warn',
  cancelled: 'neutral',
};

interface ScheduleRowProps {
  schedule: Schedule;
  onSchedule(schedule: Schedule): void;
}

/** What goes to whom, when it comes next, and what can be done about it. */
export function ScheduleRow({ schedule, onSchedule }: ScheduleRowProps) {
  const { deviceId, to, kind, message, status } = schedule;
  return (
    <li class="schedules-row">
      <div class="stack-s">
        <p class="schedules-to break">{recipientName(deviceId, to)}</p>
        <p class="schedules-words break">
          {kind !== 'text' && <Badge>{sending.maybe(`kind.${kind}`, kind)}</Badge>} {message}
        </p>
        <p class="muted small break">{sending('by', { device: deviceId })}</p>
      </div>
      <When schedule={schedule} />
      <div>
        <StatusPill tone={TONES[status] ?? 'neutral'}>{t.maybe(`status.${status}`, status)}</StatusPill>
      </div>
      <div class="schedules-buttons">
        <Buttons schedule={schedule} onSchedule={onSchedule} />
      </div>
    </li>
  );
}

function When({
  schedule: { runAt, timezone, recurrence, status, runs, lastRunAt },
}: {
  schedule: Schedule;
}) {
  const own = ownZone();
  return (
    <div class="stack-s">
      <p>
        {status === 'active' && <strong>{t('next')}: </strong>}
        <time dateTime={runAt}>{formatInZone(runAt, own)}</time>
        {status === 'active' && isSoon(runAt) && (
          <span class="muted">
            {' '}
            (<TimeAgo at={runAt} />)
          </span>
        )}
      </p>
      {timezone !== own && (
        <p class="small muted">{t('there', { time: formatInZone(runAt, timezone), zone: timezone })}</p>
      )}
      <p class="small break">{rhythmText(recurrence)}</p>
      {runs > 0 && (
        <p class="small muted">
          {t.count('runs', runs)} <TimeAgo at={lastRunAt} />
        </p>
      )}
    </div>
  );
}

/** "In two days" says less than the day of the week. */
function isSoon(runAt: string): boolean {
  return new Date(runAt).getTime() - browserClock.now() < DAY_MS;
}

const DAY_MS = 86_400_000;

function Buttons({ schedule, onSchedule }: ScheduleRowProps) {
  const { deviceId, scheduleId, to, recurrence } = schedule;
  const name = recipientName(deviceId, to);
  const path = devicePath(deviceId, `/schedules/${encodeURIComponent(scheduleId)}`);
  const cancel = useAction(async () => {
    const over = await api.delete<Schedule>(path).catch(toastError);
    if (!over) return;
    onSchedule(over);
    toast(t('cancelled'));
  });
  const ask = async () => {
    const agreed = await confirmed({
      title: t('cancelTitle', { name }),
      text: t(recurrence === null ? 'cancelText' : 'cancelTextAll'),
      confirm: t('cancelIt'),
      danger: true,
    });
    if (agreed) await cancel.run();
  };
  if (!may('message:send') || schedule.status !== 'active') return null;
  return (
    <>
      <LinkButton href={href(`/schedules/${deviceId}/${scheduleId}`)} label={`${t('edit')}: ${name}`}>
        {t('edit')}
      </LinkButton>
      <Button
        kind="danger"
        busy={cancel.busy}
        aria-label={`${t('cancel')}: ${name}`}
        onClick={() => void ask()}
      >
        {t('cancel')}
      </Button>
    </>
  );
}
