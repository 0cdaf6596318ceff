import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

type Cell = string | number;

/** Prints rows as a table; numbers to the right. */
export function printTable(rows: readonly Readonly<Record<string, Cell>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => String(row[name]).length)));
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return typeof cell === 'number' || cell === '-' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ');
  console.log(line(columns));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of rows) console.log(line(columns.map((name) => row[name] ?? '')));
}

/** Writes the figures with the machine they were taken on; resolves to the path. */
export function writeResult(name: string, figures: unknown): string {
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = fileURLToPath(new URL(`${name}-${at.replace(/[:.]/g, '-')}.json`, folder));
  const machine = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpus: cpus().length,
    cpu: cpus()[0]?.model,
    memoryBytes: totalmem(),
  };
  writeFileSync(file, `${JSON.stringify({ name, at, machine, figures }, null, 2)}\n`);
  return file;
}
