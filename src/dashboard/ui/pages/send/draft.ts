/** What can be written on the page, in the order of the menu. */
export const KINDS = [
  'text',
  'image',
  'video',
  'gif',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contact',
  'poll',
] as const;
export type Kind = (typeof KINDS)[number];

export const FILE_KINDS = ['image', 'video', 'gif', 'audio', 'voice', 'document', 'sticker'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export interface ContactDraft {
  readonly name: string;
  readonly number: string;
  readonly organization: string;
}

/** A file, or where the server finds it. */
export interface FileDraft {
  readonly source: 'file' | 'url';
  readonly file: File | null;
  readonly url: string;
  readonly caption: string;
  readonly fileName: string;
  readonly viewOnce: boolean;
}

/** Everything a person filled in; what does not belong to the chosen kind is kept and not sent. */
export interface Draft extends FileDraft {
  readonly kind: Kind;
  readonly text: string;
  /** Numbers, with commas between them. */
  readonly mentions: string;
  readonly quotedMessageId: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly placeName: string;
  readonly address: string;
  readonly contacts: readonly ContactDraft[];
  readonly question: string;
  readonly options: readonly string[];
  /** Whether one may choose several. */
  readonly several: boolean;
}

export const EMPTY_CONTACT: ContactDraft = { name: '', number: '', organization: '' };

export const EMPTY_FILE: FileDraft = {
  source: 'file',
  file: null,
  url: '',
  caption: '',
  fileName: '',
  viewOnce: false,
};

export const EMPTY_DRAFT: Draft = {
  ...EMPTY_FILE,
  kind: 'text',
  text: '',
  mentions: '',
  quotedMessageId: '',
  latitude: '',
  longitude: '',
  placeName: '',
  address: '',
  contacts: [EMPTY_CONTACT],
  question: '',
  options: ['', ''],
  several: false,
};

export function isFileKind(kind: string): kind is FileKind {
  return FILE_KINDS.some((each) => each === kind);
}

/** Sounds and stickers have no words of their own. */
export function takesCaption(kind: FileKind): boolean {
  return kind === 'image' || kind === 'video' || kind === 'gif' || kind === 'document';
}

export function takesViewOnce(kind: FileKind): boolean {
  return kind === 'image' || kind === 'video' || kind === 'voice';
}

/** What the system's dialog offers for a kind. */
export const ACCEPTS: Record<FileKind, string> = {
  image: 'image/*',
  video: 'video/*',
  gif: 'video/mp4,image/gif',
  audio: 'audio/*',
  voice: 'audio/*',
  document: '',
  sticker: 'image/*',
};

type Fields = Readonly<Record<string, unknown>>;

/** The body for `POST …/messages`: a form when it brings a file, else JSON. Empty fields are left out. */
export function toBody(draft: Draft, to: string): FormData | Fields {
  const common = { to, ...quoting(draft) };
  const { kind } = draft;
  if (!isFileKind(kind)) return { ...common, type: kind, ...contentOf(draft) };
  return withFile(kind, draft, { ...common, type: kind });
}

/** `fields` with the file: a form when its bytes come along. */
export function withFile(kind: FileKind, draft: FileDraft, fields: Fields): FormData | Fields {
  const { source, file, url, caption, fileName, viewOnce } = draft;
  const all = filled({
    ...fields,
    caption: takesCaption(kind) ? caption : '',
    fileName: kind === 'document' ? fileName.trim() : '',
    viewOnce: takesViewOnce(kind) && viewOnce ? true : undefined,
  });
  if (source === 'url') return { ...all, ...filled({ url: url.trim() }) };
  const form = new FormData();
  for (const [name, value] of Object.entries(all)) {
    for (const each of Array.isArray(value) ? value : [value]) form.append(name, String(each));
  }
  if (file) form.append('file', file);
  return form;
}

function contentOf(draft: Draft): Fields {
  switch (draft.kind) {
    case 'location':
      return {
        latitude: toNumber(draft.latitude),
        longitude: toNumber(draft.longitude),
        ...filled({ name: draft.placeName.trim(), address: draft.address.trim() }),
      };
    case 'contact':
      return {
        contacts: draft.contacts.map(({ name, number, organization }) => ({
          name: name.trim(),
          number: number.trim(),
          ...filled({ organization: organization.trim() }),
        })),
      };
    case 'poll':
      return {
        question: draft.question.trim(),
        options: draft.options.map((option) => option.trim()).filter((option) => option !== ''),
        selectable: draft.several ? 0 : 1,
      };
    default:
      return { text: draft.text };
  }
}

function quoting({ quotedMessageId, mentions }: Draft): Fields {
  const people = mentions
    .split(/[,;\n]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return filled({ quotedMessageId: quotedMessageId.trim(), mentions: people.length > 0 ? people : '' });
}

function filled(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined),
  );
}

/** People in Jakarta write -6,2; an empty field is no place. */
function toNumber(text: string): number | string {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}
