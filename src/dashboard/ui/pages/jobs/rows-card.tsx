import { useState } from 'preact/hooks';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { TextArea } from '../../components/field.tsx';
import { FilePicker } from '../../components/file-picker.tsx';
import { Select } from '../../components/select.tsx';
import { formatNumber } from '../../lib/format.ts';
import { decodeText } from './csv.ts';
import { MOST_ITEMS } from './new-job.ts';
import type { Table } from './table.ts';
import { t } from './texts.ts';
import type { NewJob } from './use-new-job.ts';

/** The server takes 32 MB with the texts filled in. */
const MAX_FILE_BYTES = 20_000_000;

/** Rows from a file or pasted, and which column says who to write to. */
export function RowsCard({ job }: { job: NewJob }) {
  const { draft, text, setText, hasHeader, setHasHeader, change } = job;
  const { table } = draft;
  const [file, setFile] = useState<File | null>(null);
  const take = async (picked: File | null) => {
    setFile(picked);
    setText(picked ? decodeText(await picked.arrayBuffer()) : '');
  };
  const count = table.rows.length;
  return (
    <Card title={t('step.rows')}>
      <FilePicker
        label={t('csvFile')}
        hint={t('csvHint')}
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        maxBytes={MAX_FILE_BYTES}
        file={file}
        onFile={(picked) => void take(picked)}
      />
      {file === null && (
        <TextArea
          label={t('paste')}
          hint={t('pasteHint')}
          class="input jobs-paste"
          rows={6}
          wrap="off"
          spellcheck={false}
          value={text}
          onValue={setText}
        />
      )}
      {text !== '' && (
        <>
          <Checkbox checked={hasHeader} onChecked={setHasHeader}>
            {t('hasHeader')}
          </Checkbox>
          {draft.kind !== 'group_media' && table.columns.length > 0 && (
            <Select
              label={t(draft.kind === 'group_text' ? 'groupColumn' : 'recipientColumn')}
              options={table.columns.map((column) => ({ value: column, label: column }))}
              value={draft.recipient}
              onValue={(recipient) => change({ recipient })}
            />
          )}
          <p role="status">{t.count('rows', count)}</p>
          {count > MOST_ITEMS && (
            <p class="field-error">{t('tooMany', { most: formatNumber(MOST_ITEMS) })}</p>
          )}
          <FirstRows table={table} />
        </>
      )}
    </Card>
  );
}

const SHOWN_ROWS = 3;
const SHOWN_COLUMNS = 8;

function FirstRows({ table: { columns, rows } }: { table: Table }) {
  const shown = columns.slice(0, SHOWN_COLUMNS);
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="jobs-first" aria-label={t('firstRows')} tabIndex={0}>
      <table class="jobs-table">
        <caption class="sr-only">{t('firstRows')}</caption>
        <thead>
          <tr>
            {shown.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_ROWS).map(({ line, cells }) => (
            <tr key={line}>
              {shown.map((column, index) => (
                <td key={column}>{cells[index] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
