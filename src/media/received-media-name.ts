/** Content types that are handed on as the sender wrote them; all others are bytes. Nothing a browser would run or render as a page. */
const KNOWN_TYPES: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'video/quicktime': 'mov',
  'video/x-msvideo': 'avi',
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/wav': 'wav',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'text/csv': 'csv',
  'text/plain': 'txt',
};
const ANY_BYTES = 'application/octet-stream';
const LONGEST_NAME = 150;

/** What a received file is called and said to be, for whoever downloads it. */
export interface DownloadName {
  readonly contentType: string;
  /** RFC 6266: always an attachment. */
  readonly disposition: string;
}

/** `mimetype` and `fileName` are what the sender wrote; `fallback` names a file that came without a name. */
export function nameDownload(
  { mimetype, fileName }: { readonly mimetype: string | null; readonly fileName: string | null },
  fallback: string,
): DownloadName {
  const asked = mimetype?.split(';')[0]?.trim().toLowerCase() ?? '';
  const ending = Object.hasOwn(KNOWN_TYPES, asked) ? KNOWN_TYPES[asked] : undefined;
  const name = harmless(fileName ?? '') || `${fallback}.${ending ?? 'bin'}`;
  const plain = name.replace(/[^\x20-\x7e]|[%]/g, '_');
  return {
    contentType: ending === undefined ? ANY_BYTES : asked,
    disposition: `attachment; filename="${plain}"; filename*=UTF-8''${encode(name)}`,
  };
}

/** Nothing that leads out of a folder, ends the quotes, is not seen, or turns the reading direction around. */
function harmless(fileName: string): string {
  const shown = fileName
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const letters = [...shown];
  if (letters.length <= LONGEST_NAME) return shown;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(shown)?.[0] ?? '';
  return letters.slice(0, LONGEST_NAME - ending.length).join('') + ending;
}

/** RFC 5987. */
function encode(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}
