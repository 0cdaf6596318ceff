import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { CheckedJob, ItemProblem } from '../../api/job-types.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatDuration } from '../../lib/duration.ts';
import { formatNumber } from '../../lib/format.ts';
import { durationOf, goodItems, type JobDraft, linesWithGaps, MOST_ITEMS } from './new-job.ts';
import { t } from './texts.ts';
import type { Checked, NewJob } from './use-new-job.ts';

/** A look at every row before anything is sent, what was found, and the start. */
export function CheckCard({ job }: { job: NewJob }) {
  const { draft, checked, check, start } = job;
  const [leaveOut, setLeaveOut] = useState(false);
  const missing = missingOf(draft);
  const bad = checked?.result.invalidCount ?? 0;
  const listed = new Set(checked?.result.problems.map(({ index }) => index)).size;
  const good = checked ? goodItems(checked.items, checked.result).length : 0;
  const canLeaveOut = bad > 0 && listed === bad && good > 0;
  const canStart = checked !== null && (bad === 0 || (canLeaveOut && leaveOut));
  // What a request brought as problems of rows is shown as such.
  const error = check.error ?? (bad > 0 ? null : start.error);
  return (
    <Card title={t('step.check')}>
      <FormError error={error} />
      {missing && <p class="muted">{missing}</p>}
      <div role="status" class="stack">
        {checked && <Found draft={draft} checked={checked} />}
      </div>
      {canLeaveOut && (
        <Checkbox checked={leaveOut} onChecked={setLeaveOut}>
          {t.count('leaveOut', bad)}
        </Checkbox>
      )}
      <div class="form-actions">
        <Button
          kind={checked ? 'plain' : 'primary'}
          busy={check.busy}
          disabled={missing !== null}
          onClick={() => void check.run()}
        >
          {t('check')}
        </Button>
        {checked && (
          <Button
            kind="primary"
            busy={start.busy}
            disabled={!canStart || missing !== null}
            onClick={() => void start.run(leaveOut)}
          >
            {t('start')}
          </Button>
        )}
      </div>
    </Card>
  );
}

/** What has to be filled in before there is anything to check. */
function missingOf({ deviceId, kind, from, listId, groupId, table, message, url }: JobDraft): string | null {
  if (deviceId === '') return t('missing.device');
  if (kind === 'group_media' && groupId === '') return t('missing.group');
  if (from === 'list' && kind === 'text') {
    if (listId === '') return t('missing.list');
  } else if (table.rows.length === 0) return t('missing.rows');
  if (table.rows.length > MOST_ITEMS) return t('tooMany', { most: formatNumber(MOST_ITEMS) });
  if ((kind === 'text' || kind === 'group_text') && message === '') return t('missing.message');
  if ((kind === 'media' || kind === 'group_media') && url.trim() === '') return t('missing.url');
  return null;
}

function Found({ draft, checked }: { draft: JobDraft; checked: Checked }) {
  const { result, items } = checked;
  if (draft.from === 'list') return <p>{t('listReady')}</p>;
  const total = draft.allowDuplicates ? result.total + result.duplicateCount : result.total;
  const gaps = linesWithGaps(draft);
  const isMedia = draft.kind === 'media' || draft.kind === 'group_media';
  return (
    <>
      <p>
        <strong>{t.count('willSend', total)}</strong>{' '}
        {t('takesAbout', { time: formatDuration(durationOf(total, draft.delay)) })}
      </p>
      {isMedia && <p class="muted">{t('filesLater')}</p>}
      {result.duplicateCount > 0 && <Duplicates draft={draft} checked={checked} />}
      {gaps.length > 0 && (
        <Warning>
          {t.count('gaps', gaps.length)} {t('lines', { lines: firstOf(gaps) })}
        </Warning>
      )}
      {result.warnings.map(({ code, message }) => (
        <Warning key={code}>{t.maybe(`warning.${code}`, message)}</Warning>
      ))}
      {result.invalidCount > 0 && <Problems result={result} items={items} />}
    </>
  );
}

function Duplicates({ draft, checked: { result, items } }: { draft: JobDraft; checked: Checked }) {
  const lines = result.duplicates.map(({ index }) => items[index]?.line ?? index + 1);
  return (
    <Warning>
      {t.count(draft.allowDuplicates ? 'duplicatesSent' : 'duplicates', result.duplicateCount)}{' '}
      {t('lines', { lines: firstOf(lines) })}
    </Warning>
  );
}

/** Most lists are short enough to be read; the rest is a number. */
const SHOWN_PROBLEMS = 200;

function Problems({ result, items }: { result: CheckedJob; items: Checked['items'] }) {
  const shown = result.problems.slice(0, SHOWN_PROBLEMS);
  const rest = result.invalidCount - new Set(shown.map(({ index }) => index)).size;
  return (
    <>
      <p class="job-bad">{t.count('invalid', result.invalidCount)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="jobs-problems" aria-label={t('problems')} tabIndex={0}>
        <ul>
          {shown.map((problem, at) => (
            <li key={at}>
              <strong>{t('line', { line: items[problem.index]?.line ?? problem.index + 1 })}</strong>{' '}
              <ProblemText problem={problem} item={items[problem.index]} />
            </li>
          ))}
        </ul>
      </section>
      {rest > 0 && <p class="muted">{t.count('moreInvalid', rest)}</p>}
    </>
  );
}

function ProblemText({
  problem,
  item,
}: {
  problem: ItemProblem;
  item: Checked['items'][number] | undefined;
}) {
  const { field, code, message } = problem;
  const value = item?.body[field] ?? '';
  const isRounded = /^\d[.,]\d+E\+\d+$/i.test(value);
  const text = isRounded ? t('problem.EXCEL') : t.maybe(`problem.${code}.${field}`, message);
  return (
    <span class="break">
      {value !== '' && value.length <= 60 && <code>{value}</code>} {text}
    </span>
  );
}

function Warning({ children }: { children: ComponentChildren }) {
  return (
    <p class="jobs-warning">
      <Icon name="alert" />
      <span>{children}</span>
    </p>
  );
}

function firstOf(lines: readonly number[]): string {
  const shown = lines.slice(0, 10).map((line) => formatNumber(line));
  return lines.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
