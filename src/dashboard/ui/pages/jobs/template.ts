import type { CsvRecord } from './csv.ts';
import { cellOf, type Table } from './table.ts';

const PLACEHOLDER = /\{([^{}\n]{1,60})\}/g;

/** The text for a row: `{name}` stands for its cell of that column, whatever the case; what is no column stays. In one pass. */
export function fillTemplate(template: string, table: Table, row: CsvRecord): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => {
    const column = columnNamed(table, name);
    return column === undefined ? whole : cellOf(table, row, column);
  });
}

/** The columns a template names, and what it names that is no column. */
export function placeholdersOf(template: string, table: Table) {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  const known = names.flatMap((name) => columnNamed(table, name) ?? []);
  const unknown = names.filter((name) => columnNamed(table, name) === undefined);
  return { known: [...new Set(known)], unknown: [...new Set(unknown)] };
}

function columnNamed({ columns }: Table, name: string): string | undefined {
  const wanted = name.trim().toLowerCase();
  return columns.find((column) => column.toLowerCase() === wanted);
}
