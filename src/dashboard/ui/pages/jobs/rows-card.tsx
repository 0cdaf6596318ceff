import { useState } from 'preact/hooks';
import { devicePath } from '../../api/paths.ts';
import type { Group } from '../../api/sending-types.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextArea } from '../../components/field.tsx';
import { FilePicker } from '../../components/file-picker.tsx';
import { Select } from '../../components/select.tsx';
import { deviceById } from '../../lib/device-store.ts';
import { formatNumber } from '../../lib/format.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { decodeText } from './csv.ts';
import { MOST_ITEMS } from './new-job.ts';
import type { Table } from './table.ts';
import { t } from './texts.ts';
import type { NewJob } from './use-new-job.ts';

/** The server takes 32 MB with the texts filled in. */
const MAX_FILE_BYTES = 20_000_000;

/** Rows from a file or pasted, and which column says who to write to. */
export function RowsCard({ job }: { job: NewJob }) {
  const { draft, text, setText } = job;
  const isToOneGroup = draft.kind === 'group_media';
  const [file, setFile] = useState<File | null>(null);
  const take = async (picked: File | null) => {
    setFile(picked);
    setText(picked ? decodeText(await picked.arrayBuffer()) : '');
  };
  return (
    <Card title={t(isToOneGroup ? 'step.files' : 'step.rows')}>
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
          hint={t(isToOneGroup ? 'pasteFilesHint' : 'pasteHint')}
          class="input jobs-paste"
          rows={6}
          wrap="off"
          spellcheck={false}
          value={text}
          onValue={setText}
        />
      )}
      {draft.kind === 'group_text' && file === null && deviceById(draft.deviceId)?.isConnected && (
        <GroupsButton deviceId={draft.deviceId} onRows={setText} />
      )}
      {text !== '' && <TableFields job={job} />}
    </Card>
  );
}

/** Which column is what, and how many rows there are. */
function TableFields({ job: { draft, hasHeader, setHasHeader, change } }: { job: NewJob }) {
  const { table } = draft;
  const count = table.rows.length;
  return (
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
      {count > MOST_ITEMS && <p class="field-error">{t('tooMany', { most: formatNumber(MOST_ITEMS) })}</p>}
      <FirstRows table={table} />
    </>
  );
}

function GroupsButton({ deviceId, onRows }: { deviceId: string; onRows(text: string): void }) {
  const groups = useAction(async () => onRows(await groupRows(deviceId)));
  return (
    <>
      <FormError error={groups.error} />
      <div>
        <Button busy={groups.busy} onClick={() => void groups.run()}>
          {t('takeGroups')}
        </Button>
      </div>
    </>
  );
}

/** The groups of a device as rows, so that those that are not meant can be taken out. */
async function groupRows(deviceId: string): Promise<string> {
  const { items } = await api.get<{ items: readonly Group[] }>(devicePath(deviceId, '/groups'));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = items.map(({ groupId, subject }) => `${groupId},${quoted(subject)}`);
  return [t('groupHeader'), ...rows].join('\n');
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
