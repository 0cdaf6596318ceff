import type { ComponentChildren } from 'preact';
import { c } from '../texts/common.ts';
import { Checkbox } from './checkbox.tsx';
import './data-table.css';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Numbers stand at the end. */
  readonly align?: 'start' | 'end';
  cell(row: Row): ComponentChildren;
}

/** Which rows are chosen, by key. */
export interface Selection<Row> {
  readonly selected: ReadonlySet<string>;
  onSelected(next: ReadonlySet<string>): void;
  /** What a row is called, for its box. */
  nameOf(row: Row): string;
}

interface DataTableProps<Row> {
  /** What the table shows; read aloud, not drawn. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  selection?: Selection<Row>;
}

/** A table that becomes cards where it is narrow. The first column names the row. For long lists take VirtualList. */
export function DataTable<Row>({ caption, columns, rows, keyOf, selection }: DataTableProps<Row>) {
  return (
    <div class="table-frame">
      <table class="table">
        <caption class="sr-only">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" class="table-check">
                <SelectAll rows={rows} keyOf={keyOf} selection={selection} />
              </th>
            )}
            {columns.map(({ id, title, align }) => (
              <th key={id} scope="col" class={align === 'end' ? 'table-end' : ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {selection && (
                <td class="table-check">
                  <SelectRow row={row} keyOf={keyOf} selection={selection} />
                </td>
              )}
              {columns.map((column, index) => (
                <Cell key={column.id} column={column} row={row} isName={index === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({ column, row, isName }: { column: Column<Row>; row: Row; isName: boolean }) {
  const className = column.align === 'end' ? 'table-end' : '';
  const inside = (
    <>
      <span class="table-label" aria-hidden="true">
        {column.title}
      </span>
      <span class="table-value">{column.cell(row)}</span>
    </>
  );
  return isName ? (
    <th scope="row" class={className}>
      {inside}
    </th>
  ) : (
    <td class={className}>{inside}</td>
  );
}

interface SelectProps<Row> {
  keyOf(row: Row): string;
  selection: Selection<Row>;
}

export function SelectAll<Row>({ rows, keyOf, selection }: SelectProps<Row> & { rows: readonly Row[] }) {
  const chosen = rows.filter((row) => selection.selected.has(keyOf(row))).length;
  const all = rows.length > 0 && chosen === rows.length;
  return (
    <Checkbox
      checked={all}
      mixed={chosen > 0 && !all}
      disabled={rows.length === 0}
      hiddenLabel
      onChecked={(on) => selection.onSelected(new Set(on ? rows.map(keyOf) : []))}
    >
      {c('selectAll')}
    </Checkbox>
  );
}

export function SelectRow<Row>({ row, keyOf, selection }: SelectProps<Row> & { row: Row }) {
  const key = keyOf(row);
  const choose = (on: boolean) => {
    const next = new Set(selection.selected);
    if (on) next.add(key);
    else next.delete(key);
    selection.onSelected(next);
  };
  return (
    <Checkbox checked={selection.selected.has(key)} hiddenLabel onChecked={choose}>
      {c('select', { name: selection.nameOf(row) })}
    </Checkbox>
  );
}
