import type { OutgoingMediaKind } from '../whatsapp/outgoing.ts';

/** What one format has several names for, under the name we use. */
const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'video/vnd.avi': 'video/avi',
  'video/x-msvideo': 'video/avi',
  'video/msvideo': 'video/avi',
  'video/x-m4v': 'video/mp4',
  'audio/mp3': 'audio/mpeg',
  'audio/x-mpeg': 'audio/mpeg',
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-aac': 'audio/aac',
  'audio/x-flac': 'audio/flac',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'application/x-pdf': 'application/pdf',
  'application/x-zip-compressed': 'application/zip',
  'application/csv': 'text/csv',
};

const OLD_OFFICE = ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'];
const OFFICE_BY_EXTENSION: Readonly<Record<string, string>> = {
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
};
/** What the files of office programs before 2007 look like from outside. */
const COMPOUND_FILE = 'application/x-cfb';

const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const VIDEOS = ['video/mp4', 'video/avi', 'video/3gpp', 'video/quicktime'];
const AUDIO = [
  'audio/aac',
  'audio/aiff',
  'audio/amr',
  'audio/flac',
  'audio/mp4',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/x-caf',
];
const TEXTS = ['text/plain', 'text/csv', 'text/calendar', 'text/vcard', 'application/json'];
const DOCUMENTS = [
  'application/pdf',
  ...OLD_OFFICE,
  ...['document', 'spreadsheet', 'presentation'].flatMap((kind) => [
    `application/vnd.oasis.opendocument.${kind === 'document' ? 'text' : kind}`,
  ]),
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/rtf',
  'application/zip',
  ...TEXTS,
  ...IMAGES,
  ...VIDEOS,
  ...AUDIO,
];

/** What is sent as which kind, as far as a recipient can open it. */
export const SUPPORTED: Readonly<Record<OutgoingMediaKind, readonly string[]>> = {
  image: IMAGES,
  video: VIDEOS,
  gif: ['video/mp4', 'image/gif'],
  audio: AUDIO,
  voice: AUDIO,
  document: DOCUMENTS,
  sticker: IMAGES,
};

/** What a caller's word, or a look at the bytes, comes to; null when it says nothing. */
export function canonicalType(text: string | null): string | null {
  const [plain = ''] = (text ?? '').toLowerCase().split(';');
  const name = plain.trim();
  if (name === '' || name === 'application/octet-stream') return null;
  return ALIASES[name] ?? name;
}

export interface Claim {
  readonly kind: OutgoingMediaKind;
  /** Canonical; null when nothing is claimed. */
  readonly mimetype: string | null;
  readonly fileName: string | null;
}

/**
 * The type under which a file is sent: what was found in its bytes, made more exact by what is claimed of it where bytes alone
 * cannot tell. Null when found and claimed are two things. `found` is canonical; null for a text.
 */
export function agreedType(found: string | null, { kind, mimetype, fileName }: Claim): string | null {
  if (found === null) return agreedText(mimetype);
  if (found === COMPOUND_FILE) {
    const extension = fileName?.split('.').pop()?.toLowerCase() ?? '';
    const office = mimetype ?? OFFICE_BY_EXTENSION[extension] ?? 'application/msword';
    return OLD_OFFICE.includes(office) ? office : null;
  }
  // The container is the same; whether there are pictures in it, the first bytes do not say.
  const isSound = kind === 'audio' || kind === 'voice' || mimetype === 'audio/mp4';
  const actual = found === 'video/mp4' && isSound ? 'audio/mp4' : found;
  return mimetype === null || mimetype === actual ? actual : null;
}

function agreedText(mimetype: string | null): string | null {
  if (mimetype === null) return 'text/plain';
  return TEXTS.includes(mimetype) ? mimetype : null;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/rtf': 'rtf',
  'application/json': 'json',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'text/plain': 'txt',
  'text/csv': 'csv',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
};

/** What a document without a name is called. */
export function nameFor(mimetype: string): string {
  const extension = EXTENSIONS[mimetype];
  return extension === undefined ? 'file' : `file.${extension}`;
}
