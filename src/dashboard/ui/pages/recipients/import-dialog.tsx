import { useState } from 'preact/hooks';
import type { TableReport } from '../../api/recipient-types.ts';
import { Button } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { FilePicker } from '../../components/file-picker.tsx';
import { Select } from '../../components/select.tsx';
import { formatNumber } from '../../lib/format.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

interface ImportDialogProps {
  /** Of the list. */
  path: string;
  onClose(): void;
  onImported(): void;
}

const LARGEST_BYTES = 5 * 1024 * 1024;
/** A table of so many rows takes its time. */
const PATIENCE_MS = 120_000;
const EXISTING = ['keep', 'update'] as const;

/** Takes the people of a table onto a list, and tells what became of each row. */
export function ImportDialog({ path, onClose, onImported }: ImportDialogProps) {
  const [file, setFile] = useState<File | null>(null);
  const [existing, setExisting] = useState<(typeof EXISTING)[number]>('keep');
  const [columns, setColumns] = useState({ number: '', name: '' });
  const { busy, error, run } = useAction(async () => {
    if (!file) return null;
    const form = new FormData();
    form.set('on_existing', existing);
    if (columns.number !== '') form.set('number_column', columns.number);
    if (columns.name !== '') form.set('name_column', columns.name);
    form.set('file', file);
    const report = await api.post<TableReport>(`${path}/import`, form, { timeoutMs: PATIENCE_MS });
    onImported();
    return report;
  });
  const [report, setReport] = useState<TableReport | null>(null);
  const start = async () => setReport(await run());
  return (
    <Dialog title={t('import')} onClose={onClose} wide>
      <p class="muted">{t('importText')}</p>
      <FormError error={error} />
      <FilePicker
        label={t('file')}
        hint={t('fileHint')}
        accept=".csv,.tsv,.txt,text/csv"
        maxBytes={LARGEST_BYTES}
        file={file}
        onFile={setFile}
      />
      <div class="columns">
        <TextField
          label={t('numberColumn')}
          hint={t('columnHint')}
          maxLength={100}
          value={columns.number}
          onValue={(number) => setColumns({ ...columns, number })}
        />
        <TextField
          label={t('nameColumn')}
          hint={t('columnHint')}
          maxLength={100}
          value={columns.name}
          onValue={(name) => setColumns({ ...columns, name })}
        />
        <Select
          label={t('onExisting')}
          options={EXISTING.map((value) => ({ value, label: t(`onExisting.${value}`) }))}
          value={existing}
          onValue={(next) => setExisting(next)}
        />
      </div>
      <div role="status" class="stack">
        {report && <Report report={report} />}
      </div>
      <div class="form-actions">
        <Button onClick={onClose}>{c(report ? 'close' : 'cancel')}</Button>
        <Button kind="primary" busy={busy} disabled={file === null} onClick={() => void start()}>
          {t('doImport')}
        </Button>
      </div>
    </Dialog>
  );
}

function Report({ report: { columns, bad, ...counts } }: { report: TableReport }) {
  const { rows, created, updated, existing, invalid, added } = counts;
  const said = Object.entries({ rows, created, updated, existing, invalid, added });
  return (
    <>
      <p>{t('report', Object.fromEntries(said.map(([name, count]) => [name, formatNumber(count)])))}</p>
      <p class="muted small">
        {t('readAs', { number: columns.number, name: columns.name ?? columns.number })}
      </p>
      {bad.length > 0 && (
        <>
          <h3>{t('bad')}</h3>
          <div class="recipients-bad">
            <DataTable
              caption={t('bad')}
              columns={[
                { id: 'line', title: t('line'), cell: ({ line }) => formatNumber(line) },
                { id: 'column', title: t('column'), cell: ({ column }) => column ?? '–' },
                {
                  id: 'problem',
                  title: t('problem'),
                  cell: ({ code, message }) => c.maybe(`error.${code}`, message),
                },
              ]}
              rows={bad.slice(0, 100)}
              keyOf={({ line, column }) => `${line} ${column}`}
            />
          </div>
        </>
      )}
    </>
  );
}
