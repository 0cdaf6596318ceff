import { useState } from 'preact/hooks';
import { devicePath } from '../../api/paths.ts';
import type { Schedule } from '../../api/schedule-types.ts';
import { Facts } from '../../components/card.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { toast } from '../../components/toast.tsx';
import { go, href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { recipientName } from '../send/recipient-name.ts';
import { t as sending } from '../send/texts.ts';
import { draftOf, editBody, type ScheduleDraft } from './schedule-draft.ts';
import { ScheduleForm, WordsField } from './schedule-form.tsx';
import { t } from './texts.ts';

/** Another time, rule or text for a schedule that still has a time ahead. */
export function EditSchedulePage({ params: { deviceId = '', scheduleId = '' } }: PageProps) {
  const path = devicePath(deviceId, `/schedules/${encodeURIComponent(scheduleId)}`);
  const schedule = useResource((signal) => api.get<Schedule>(path, { signal }), [path]);
  return (
    <Page title={t('editTitle')}>
      <p>
        <a href={href('/schedules')}>{t('toList')}</a>
      </p>
      <ResourceView of={schedule}>
        {(data) =>
          data.status === 'active' ? (
            <EditForm schedule={data} path={path} />
          ) : (
            <EmptyState icon="clock" title={t(`status.${data.status}`)}>
              {t('overText')}
            </EmptyState>
          )
        }
      </ResourceView>
    </Page>
  );
}

function EditForm({ schedule, path }: { schedule: Schedule; path: string }) {
  const [draft, setDraft] = useState<ScheduleDraft>(() => draftOf(schedule));
  const body = editBody(schedule, draft);
  const save = useAction(async () => {
    if (Object.keys(body).length > 0) await api.patch<Schedule>(path, body);
    toast(t('changed'));
    go('/schedules');
  });
  const change = (fields: Partial<ScheduleDraft>) => {
    save.clear();
    setDraft((last) => ({ ...last, ...fields }));
  };
  const isTimeNew = 'scheduleTime' in body || 'timezone' in body || 'recurrence' in body;
  return (
    <ScheduleForm
      draft={draft}
      onDraft={change}
      error={save.error}
      busy={save.busy}
      save={() => void save.run()}
      label={t('saveChange')}
      isTimeNew={isTimeNew}
    >
      <Facts
        items={[
          [t('device'), schedule.deviceId],
          [t('recipient'), recipientName(schedule.deviceId, schedule.to)],
          [sending('kind'), sending.maybe(`kind.${schedule.kind}`, schedule.kind)],
        ]}
      />
      <WordsField draft={draft} onDraft={change} error={save.error} />
    </ScheduleForm>
  );
}
