type Fields = Readonly<Record<string, string>>;

/** Fields of a recipient as people read and write them: `city=Jakarta`, one after the other. */
export function fieldsText(fields: Fields, between: string): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(between);
}

/** The fields that lines say; a line without `=` is a field without a value. */
export function fieldsOf(lines: string): Fields {
  const entries = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
  return Object.fromEntries(entries);
}
