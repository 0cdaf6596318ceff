/** A line of a table; `line` counts from 1, as editors do. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

const SEPARATORS = [',', ';', '\t'] as const;

/**
 * Reads separated values as RFC 4180 has them: quoted cells may hold separators, line ends and doubled quotes. The separator is a
 * comma, a semicolon or a tab, whichever the first record has most of. A byte order mark and empty lines are left out. What
 * stands behind a closing quote belongs to the cell.
 */
export function parseCsv(text: string): CsvRecord[] {
  const plain = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(plain);
  const reader = createReader(separator);
  for (const char of plain) reader.take(char);
  return reader.end().filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
}

function separatorOf(text: string): string {
  const counts = new Map<string, number>(SEPARATORS.map((each) => [each, 0]));
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === '\n' && [...counts.values()].some((count) => count > 0)) break;
    else if (!quoted) {
      const count = counts.get(char);
      if (count !== undefined) counts.set(char, count + 1);
    }
  }
  const most = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best));
  return most[0];
}

function createReader(separator: string) {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let cell = '';
  /** `closed`: behind a quote that ends the cell, or is the first of two. */
  let state: 'plain' | 'quoted' | 'closed' = 'plain';
  let line = 1;
  let firstLine = 1;

  const endCell = () => {
    cells.push(cell);
    cell = '';
    state = 'plain';
  };
  const endRecord = () => {
    endCell();
    records.push({ line: firstLine, cells });
    cells = [];
    firstLine = line;
  };

  return {
    take(char: string) {
      if (char === '\n') line += 1;
      if (state === 'quoted') {
        if (char === '"') state = 'closed';
        else cell += char;
      } else if (char === '"' && state === 'closed') {
        cell += '"';
        state = 'quoted';
      } else if (char === '"' && cell === '') state = 'quoted';
      else if (char === separator) endCell();
      else if (char === '\n') endRecord();
      else if (char !== '\r') cell += char;
    },
    end() {
      if (cell !== '' || cells.length > 0) endRecord();
      return records;
    },
  };
}

/** The text of a file as spreadsheets write them: UTF-8, UTF-16 with its mark, or what Windows had before. */
export function decodeText(bytes: ArrayBuffer): string {
  const head = new Uint8Array(bytes.slice(0, 2));
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
