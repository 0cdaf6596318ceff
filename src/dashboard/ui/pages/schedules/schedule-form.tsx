import type { ComponentChildren } from 'preact';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextArea } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { isFileKind, takesCaption } from '../send/draft.ts';
import { t as sending } from '../send/texts.ts';
import { NextRuns } from './next-runs.tsx';
import { namesItsTime, toRule } from './rhythm.ts';
import type { ScheduleDraft } from './schedule-draft.ts';
import { isTimeError, timeErrors } from './schedule-errors.ts';
import { t } from './texts.ts';
import { type TimeOrder, timeOrder } from './time-draft.ts';
import { TimeFields } from './time-fields.tsx';
import { usePreview } from './use-preview.ts';
import './schedules.css';

interface ScheduleFormProps {
  draft: ScheduleDraft;
  onDraft(change: Partial<ScheduleDraft>): void;
  /** Of the last try to save. */
  error: ApiError | null;
  busy: boolean;
  save(): void;
  /** Whom it goes to and what it is, where that can be chosen. */
  children: ComponentChildren;
  label: string;
  /** Whether the time was changed; one that stays is not looked at again. */
  isTimeNew: boolean;
}

/** What a new schedule and the change of one have in common. */
export function ScheduleForm(props: ScheduleFormProps) {
  const { draft, onDraft, error, busy, save, children, label, isTimeNew } = props;
  const order: TimeOrder | null = timeOrder(draft);
  const foreseen = usePreview(order);
  const timeError = error && isTimeError(error) ? error : isTimeNew ? foreseen.error : null;
  const submit = (event: Event) => {
    event.preventDefault();
    save();
  };
  return (
    <div class="schedules-columns">
      <Card>
        <form class="form" onSubmit={submit} aria-label={label}>
          <FormError error={error && isTimeError(error) ? null : error} />
          {children}
          <TimeFields
            draft={draft}
            onDraft={onDraft}
            errors={timeErrors(timeError)}
            isTimeOptional={namesItsTime(toRule(draft.rhythm))}
          />
          <Select
            label={t('missed')}
            hint={t(`missedHint.${draft.missedPolicy}`)}
            options={(['send', 'skip'] as const).map((value) => ({ value, label: t(`missed.${value}`) }))}
            value={draft.missedPolicy}
            onValue={(missedPolicy) => onDraft({ missedPolicy })}
          />
          <div class="form-actions">
            <Button
              type="submit"
              kind="primary"
              busy={busy}
              disabled={draft.deviceId === '' || draft.to.trim() === '' || order === null}
            >
              {label}
            </Button>
          </div>
        </form>
      </Card>
      <NextRuns foreseen={foreseen} />
    </div>
  );
}

/** The words: the text, or what stands below a file. */
export function WordsField({
  draft,
  onDraft,
  error,
}: Pick<ScheduleFormProps, 'draft' | 'onDraft' | 'error'>) {
  const isFile = isFileKind(draft.kind);
  if (isFileKind(draft.kind) && !takesCaption(draft.kind)) return null;
  return (
    <TextArea
      label={sending(isFile ? 'caption' : 'text')}
      required={!isFile}
      rows={5}
      maxLength={isFile ? 1024 : 4096}
      value={draft.text}
      onValue={(text) => onDraft({ text })}
      error={error?.fieldMessage('message')}
    />
  );
}
