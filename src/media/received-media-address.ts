/** Where WhatsApp keeps files. */
export const WHATSAPP_MEDIA_ORIGIN = 'https://mmg.whatsapp.net';

/** A path and perhaps a query, in the characters they have on the wire; what begins with two slashes names a host. */
const DIRECT_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{1,2047}$/;

/**
 * The address of a file at the media host. Its sender chose the path and chooses nothing else: a path that could lead to another host
 * is none. Null then.
 */
export function receivedMediaUrl(origin: string, directPath: string): URL | null {
  if (!DIRECT_PATH.test(directPath)) return null;
  const text = origin + directPath;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isThere = url.origin === origin && url.username === '' && url.password === '';
  return isThere ? url : null;
}
