import { useState } from 'preact/hooks';
import { devicePath } from '../../api/paths.ts';
import type { Schedule } from '../../api/schedule-types.ts';
import { DeviceSelect } from '../../components/device-select.tsx';
import { Page } from '../../components/page.tsx';
import { Select } from '../../components/select.tsx';
import { toast } from '../../components/toast.tsx';
import { browserClock } from '../../lib/clock.ts';
import { devices } from '../../lib/device-store.ts';
import { go, href } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useOnceKey } from '../../lib/use-once-key.ts';
import { formatInZone, ownZone } from '../../lib/zones.ts';
import type { PageProps } from '../page-props.ts';
import { FILE_KINDS, isFileKind } from '../send/draft.ts';
import { FileFields } from '../send/file-fields.tsx';
import { RecipientField } from '../send/recipient-field.tsx';
import { t as sending } from '../send/texts.ts';
import { createBody, newDraft, type ScheduleDraft } from './schedule-draft.ts';
import { ScheduleForm, WordsField } from './schedule-form.tsx';
import { t } from './texts.ts';

const KINDS = ['text', ...FILE_KINDS] as const;
const TIMEOUT_MS = 180_000;

/** A message for later. */
export function NewSchedulePage({ query }: PageProps) {
  const [only] = devices.value;
  const device = query.device ?? (devices.value.length === 1 ? (only?.deviceId ?? '') : '');
  const [draft, setDraft] = useState<ScheduleDraft>(() =>
    newDraft(device, query.to ?? '', { zone: ownZone(), now: browserClock.now() }),
  );
  const once = useOnceKey();
  const save = useAction(async () => {
    const made = await api.post<Schedule>(
      devicePath(draft.deviceId, '/schedule-message'),
      createBody(draft),
      {
        headers: once.headers(),
        timeoutMs: TIMEOUT_MS,
      },
    );
    toast(t('made', { time: formatInZone(made.runAt, made.timezone) }));
    go('/schedules');
  });
  const change = (fields: Partial<ScheduleDraft>) => {
    once.renew();
    save.clear();
    setDraft((last) => ({ ...last, ...fields }));
  };
  const { kind } = draft;
  return (
    <Page title={t('newTitle')}>
      <p>
        <a href={href('/schedules')}>{t('toList')}</a>
      </p>
      <ScheduleForm
        draft={draft}
        onDraft={change}
        error={save.error}
        busy={save.busy}
        save={() => void save.run()}
        label={t('save')}
        isTimeNew
      >
        <DeviceSelect value={draft.deviceId} onValue={(deviceId) => change({ deviceId })} />
        <RecipientField
          key={draft.deviceId}
          deviceId={draft.deviceId}
          to={draft.to}
          onTo={(to) => change({ to })}
          error={save.error}
        />
        <Select
          label={sending('kind')}
          options={KINDS.map((value) => ({ value, label: sending(`kind.${value}`) }))}
          value={isFileKind(kind) ? kind : 'text'}
          onValue={(next) => change({ kind: next })}
        />
        {isFileKind(kind) ? (
          <FileFields kind={kind} draft={draft} onDraft={change} error={save.error} />
        ) : (
          <WordsField draft={draft} onDraft={change} error={save.error} />
        )}
      </ScheduleForm>
    </Page>
  );
}
