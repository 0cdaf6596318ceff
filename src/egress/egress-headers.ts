type Headers = Readonly<Record<string, string>>;

/** `host` would name another tenant of a vetted address; the others frame the message, which is the library's work. */
const OURS: readonly string[] = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'accept-encoding',
];

/** The headers of a request: the caller's over our defaults. Nothing compressed is asked for, since nothing is unpacked. */
export function writeHeaders(wanted: Headers): Headers {
  const named = Object.entries(wanted).map(([name, value]) => [name.toLowerCase(), value] as const);
  const allowed = named.filter(([name]) => !OURS.includes(name));
  return {
    'user-agent': 'wafleet',
    accept: '*/*',
    ...Object.fromEntries(allowed),
    'accept-encoding': 'identity',
  };
}

/** What the library's header values become: one text each, and no cookies, which nobody here may keep. */
export function readHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && name !== 'set-cookie',
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, [value].flat().join(', ')]));
}
