/**
 * A JSON column as our own SQL gives it: text, except that SQLite stores a lone number as a number and MySQL's driver may
 * already have read the document.
 */
export function parseJsonColumn(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}

/**
 * Shortens what others wrote to the width of its column, counted as MySQL counts: a name that is too long must not make a
 * message impossible to store.
 */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text.toWellFormed();
  return [...text].slice(0, length).join('').toWellFormed();
}

/** `clip` for columns that may be empty. */
export function clipNullable(text: string | null, length: number): string | null {
  return text === null ? null : clip(text, length);
}
