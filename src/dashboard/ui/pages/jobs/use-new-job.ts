import { useMemo, useState } from 'preact/hooks';
import type { AcceptedJob, CheckedJob, ItemProblem } from '../../api/job-types.ts';
import { devicePath } from '../../api/paths.ts';
import { toast } from '../../components/toast.tsx';
import { ApiError } from '../../lib/api-error.ts';
import { go } from '../../lib/place.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useOnceKey } from '../../lib/use-once-key.ts';
import { checkFiles, goodItems, itemsOf, type JobDraft, type NewItem, requestOf } from './new-job.ts';
import { looksLikeHeader, NO_TABLE, recipientColumn, toTable } from './table.ts';
import { t } from './texts.ts';

/** Ten thousand texts, or their files, are read before the answer. */
const TIMEOUT_MS = 300_000;

const EMPTY: Omit<JobDraft, 'table'> = {
  deviceId: '',
  kind: 'text',
  from: 'rows',
  listId: '',
  groupId: '',
  recipient: '',
  message: '',
  mediaType: 'image',
  url: '',
  fileName: '',
  name: '',
  delay: '',
  allowDuplicates: false,
};

/** What was looked at, and what was found. */
export interface Checked {
  readonly items: readonly NewItem[];
  readonly result: CheckedJob;
}

export type NewJob = ReturnType<typeof useNewJob>;

/** A job that is being filled in. What was checked is worth nothing after a change. */
export function useNewJob(firstDevice: string) {
  const [fields, setFields] = useState({ ...EMPTY, deviceId: firstDevice });
  const [text, setText] = useState('');
  const [hasHeader, setHasHeader] = useState(true);
  const [checked, setChecked] = useState<Checked | null>(null);
  const once = useOnceKey();
  const table = useMemo(() => (text === '' ? NO_TABLE : toTable(text, hasHeader)), [text, hasHeader]);
  const recipient = table.columns.includes(fields.recipient) ? fields.recipient : recipientColumn(table);
  const draft: JobDraft = { ...fields, recipient, table };

  const check = useAction(async () => setChecked(await checkItems(draft)));
  const start = useAction(async (leaveOut: boolean) => {
    const items = leaveOut && checked ? goodItems(checked.items, checked.result) : (checked?.items ?? []);
    const accepted = await ask(draft, items, once.headers()).catch((error: unknown) => {
      // The server looks closer, at files above all; what it finds is shown as what we found.
      const found = problemsOf(error);
      if (found) setChecked({ items, result: { ...found, total: items.length - found.invalidCount } });
      throw error;
    });
    toast(t.count('accepted', accepted.total));
    go(`/jobs/${accepted.jobId}`);
  });
  const changed = () => {
    once.renew();
    check.clear();
    start.clear();
    setChecked(null);
  };
  return {
    draft,
    text,
    hasHeader,
    checked,
    check,
    start,
    change(next: Partial<Omit<JobDraft, 'table'>>) {
      changed();
      setFields((last) => ({ ...last, ...next }));
    },
    setText(next: string) {
      changed();
      setHasHeader(looksLikeHeader(next));
      setText(next);
    },
    setHasHeader(next: boolean) {
      changed();
      setHasHeader(next);
    },
  };
}

async function checkItems(draft: JobDraft): Promise<Checked> {
  if (draft.from === 'list') return { items: [], result: checkFiles([], draft.kind) };
  const items = itemsOf(draft);
  const { kind, deviceId, delay } = draft;
  if (kind !== 'text' && kind !== 'group_text') return { items, result: checkFiles(items, kind) };
  const bodies = items.map(({ body }) => body);
  const pause = delay.trim() === '' ? {} : { delay: Number(delay) };
  const result = await api.post<CheckedJob>(
    devicePath(deviceId, '/jobs/check'),
    { kind, items: bodies, ...pause },
    { timeoutMs: TIMEOUT_MS },
  );
  return { items, result };
}

function ask(draft: JobDraft, items: readonly NewItem[], headers: Record<string, string>) {
  const { path, body } = requestOf(draft, items);
  return api.post<AcceptedJob>(path, body, { headers, timeoutMs: TIMEOUT_MS });
}

function problemsOf(error: unknown): Omit<CheckedJob, 'total'> | null {
  if (!(error instanceof ApiError)) return null;
  const { items, invalidCount } = error.details;
  if (!Array.isArray(items) || typeof invalidCount !== 'number') return null;
  return {
    invalidCount,
    problems: items.filter(isItemProblem),
    duplicateCount: 0,
    duplicates: [],
    warnings: [],
  };
}

function isItemProblem(each: unknown): each is ItemProblem {
  return typeof each === 'object' && each !== null && 'index' in each && 'message' in each && 'code' in each;
}
