import type { CheckedJob, ItemProblem } from '../../api/job-types.ts';
import { devicePath } from '../../api/paths.ts';
import type { FileKind } from '../send/draft.ts';
import { takesCaption } from '../send/draft.ts';
import { cellOf, type Table } from './table.ts';
import { fillTemplate, placeholdersOf } from './template.ts';

export const JOB_KINDS = ['text', 'group_text', 'media', 'group_media'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** The server takes no more in one job. */
export const MOST_ITEMS = 10_000;

/** What a job is made of, as it is filled in. */
export interface JobDraft {
  readonly deviceId: string;
  readonly kind: JobKind;
  /** Where the recipients are: in rows, or on a recipient list of the server. */
  readonly from: 'rows' | 'list';
  readonly listId: string;
  /** With `group_media`: where everything goes. */
  readonly groupId: string;
  readonly table: Table;
  readonly recipient: string;
  readonly message: string;
  readonly mediaType: FileKind;
  readonly url: string;
  readonly fileName: string;
  readonly name: string;
  /** In seconds; '': at random. */
  readonly delay: string;
  readonly allowDuplicates: boolean;
}

/** An item with the line it came from. */
export interface NewItem {
  readonly line: number;
  readonly body: Readonly<Record<string, string>>;
}

/** What is to be sent, a row at a time. */
export function itemsOf(draft: JobDraft): NewItem[] {
  const { kind, table, recipient, message, url, fileName, mediaType } = draft;
  return table.rows.map((row): NewItem => {
    const fill = (template: string) => fillTemplate(template, table, row);
    const to = cellOf(table, row, recipient);
    if (kind === 'text') return { line: row.line, body: { to, message: fill(message) } };
    if (kind === 'group_text') return { line: row.line, body: { groupId: to, message: fill(message) } };
    const caption = takesCaption(mediaType) ? fill(message) : '';
    const name = mediaType === 'document' ? fill(fileName) : '';
    const body = {
      ...(kind === 'media' && { to }),
      mediaType,
      url: fill(url).trim(),
      ...(caption !== '' && { caption }),
      ...(name !== '' && { fileName: name }),
    };
    return { line: row.line, body };
  });
}

/** Rows in which a column that the texts name is empty: "Hello , your code is". */
export function linesWithGaps(draft: JobDraft): number[] {
  const { table, message, url, fileName } = draft;
  const { known } = placeholdersOf(`${message} ${url} ${fileName}`, table);
  return table.rows
    .filter((row) => known.some((column) => cellOf(table, row, column) === ''))
    .map(({ line }) => line);
}

/** What the page can see by itself; files are judged by the server when the job is asked for. */
export function checkFiles(items: readonly NewItem[], kind: JobKind): CheckedJob {
  const problems: ItemProblem[] = items.flatMap(({ body: { to, url } }, index) => [
    ...(kind === 'media' && (to ?? '') === '' ? [{ index, field: 'to', code: 'EMPTY', message: '' }] : []),
    ...(/^https:\/\/.+/.test(url ?? '') ? [] : [{ index, field: 'url', code: 'NO_URL', message: '' }]),
  ]);
  const invalidCount = new Set(problems.map(({ index }) => index)).size;
  return {
    total: items.length - invalidCount,
    invalidCount,
    problems,
    duplicateCount: 0,
    duplicates: [],
    warnings: [],
  };
}

/** Where the job is asked for, and with what. */
export function requestOf(draft: JobDraft, items: readonly NewItem[]) {
  const { deviceId, kind, from, listId, groupId, message, name, delay, allowDuplicates } = draft;
  const options = {
    allowDuplicates,
    ...(name.trim() !== '' && { name: name.trim() }),
    ...(delay.trim() !== '' && { delay: Number(delay) }),
  };
  const bodies = items.map(({ body }) => body);
  switch (kind) {
    case 'text': {
      const what = from === 'list' ? { listId: Number(listId), message } : { messages: bodies };
      return { path: devicePath(deviceId, '/jobs/send-text'), body: { ...options, ...what } };
    }
    case 'group_text':
      return {
        path: devicePath(deviceId, '/jobs/send-group-message'),
        body: { ...options, items: bodies },
      };
    case 'media':
      return { path: devicePath(deviceId, '/jobs/send-media'), body: { ...options, items: bodies } };
    case 'group_media':
      return {
        path: devicePath(deviceId, `/groups/${encodeURIComponent(groupId)}/jobs/send-media`),
        body: { ...options, items: bodies },
      };
  }
}

/** Without those that are bad. */
export function goodItems(items: readonly NewItem[], { problems }: Pick<CheckedJob, 'problems'>): NewItem[] {
  const bad = new Set(problems.map(({ index }) => index));
  return items.filter((_, index) => !bad.has(index));
}

/** In seconds; without a pause of one's own the server takes 2 to 5. */
export function durationOf(total: number, delay: string): number {
  const pause = delay.trim() === '' ? 3.5 : Number(delay);
  return Math.max(0, total - 1) * (Number.isFinite(pause) ? pause : 3.5);
}
