import { useRef } from 'preact/hooks';
import { Card } from '../../components/card.tsx';
import { Field, TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { TextBubble } from '../send/bubble.tsx';
import { FILE_KINDS, takesCaption } from '../send/draft.ts';
import { t as sending } from '../send/texts.ts';
import { fillTemplate, placeholdersOf } from './template.ts';
import { t } from './texts.ts';
import type { NewJob } from './use-new-job.ts';

/** What everyone gets, with the columns of their row in it, and how the first ones look. */
export function MessageCard({ job }: { job: NewJob }) {
  const { draft } = job;
  const isMedia = draft.kind === 'media' || draft.kind === 'group_media';
  return (
    <Card title={t('step.message')}>
      {isMedia && <MediaFields job={job} />}
      {(!isMedia || takesCaption(draft.mediaType)) && <TemplateField job={job} isCaption={isMedia} />}
      <Unknown job={job} />
      <Samples job={job} />
    </Card>
  );
}

function MediaFields({ job: { draft, change } }: { job: NewJob }) {
  return (
    <div class="columns">
      <Select
        label={sending('kind')}
        options={FILE_KINDS.map((kind) => ({ value: kind, label: sending(`kind.${kind}`) }))}
        value={draft.mediaType}
        onValue={(mediaType) => change({ mediaType })}
      />
      <TextField
        label={sending('url')}
        hint={t('urlHint')}
        maxLength={2048}
        placeholder="https://"
        value={draft.url}
        onValue={(url) => change({ url })}
      />
      {draft.mediaType === 'document' && (
        <TextField
          label={sending('fileName')}
          hint={t('fileNameHint')}
          maxLength={255}
          value={draft.fileName}
          onValue={(fileName) => change({ fileName })}
        />
      )}
    </div>
  );
}

function TemplateField({ job, isCaption }: { job: NewJob; isCaption: boolean }) {
  const { draft, change } = job;
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (column: string) => {
    const { message } = draft;
    const at = area.current?.selectionStart ?? message.length;
    const to = area.current?.selectionEnd ?? at;
    change({ message: `${message.slice(0, at)}{${column}}${message.slice(to)}` });
    area.current?.focus();
  };
  const names = draft.from === 'list' ? ['name', 'number'] : draft.table.columns;
  return (
    <>
      <Field
        label={isCaption ? sending('caption') : sending('text')}
        hint={t(draft.from === 'list' ? 'listPlaceholders' : 'placeholders')}
      >
        {(wiring) => (
          <textarea
            class="input"
            rows={5}
            {...wiring}
            ref={area}
            maxLength={isCaption ? 1024 : 4096}
            value={draft.message}
            onInput={(event) => change({ message: event.currentTarget.value })}
          />
        )}
      </Field>
      {names.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for inputs
        <div class="jobs-tags" role="group" aria-label={t('insert')}>
          <span class="small muted">{t('insert')}</span>
          {names.slice(0, 30).map((column) => (
            <button
              key={column}
              type="button"
              class="jobs-tag"
              aria-label={t('insertOne', { name: column })}
              onClick={() => insert(column)}
            >
              {`{${column}}`}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Unknown({ job: { draft } }: { job: NewJob }) {
  const { message, url, fileName, table, from } = draft;
  if (from === 'list' || table.columns.length === 0) return null;
  const { unknown } = placeholdersOf(`${message} ${url} ${fileName}`, table);
  if (unknown.length === 0) return null;
  return (
    <p class="jobs-warning" role="status">
      {t('unknownPlaceholders', { names: unknown.map((name) => `{${name}}`).join(', ') })}
    </p>
  );
}

const SAMPLES = 3;

function Samples({ job: { draft } }: { job: NewJob }) {
  const { table, message, from } = draft;
  const rows = table.rows.slice(0, SAMPLES);
  if (from === 'list' || rows.length === 0 || message === '') return null;
  return (
    <>
      <h3>{t('samples')}</h3>
      <div class="jobs-samples">
        {rows.map((row) => (
          <TextBubble key={row.line} text={fillTemplate(message, table, row)} />
        ))}
      </div>
    </>
  );
}
