/** Which part of the list a caller wants. */
export interface DevicePaging {
  readonly order: 'asc' | 'desc';
  /** From 1; means nothing beside a cursor. */
  readonly page: number;
  readonly pageSize: number;
  /** The `nextCursor` of an earlier answer. */
  readonly cursor?: number | undefined;
}

/** One page of devices that come oldest first. The record number is the cursor: deleting a device moves no page. */
export function pageOfDevices<Item extends { readonly recordNumber: number }>(
  oldestFirst: readonly Item[],
  { order, page, pageSize, cursor }: DevicePaging,
) {
  const ordered = order === 'asc' ? oldestFirst : oldestFirst.toReversed();
  const isAfter = (number: number, mark: number) => (order === 'asc' ? number > mark : number < mark);
  const ahead =
    cursor === undefined
      ? ordered.slice((page - 1) * pageSize)
      : ordered.filter(({ recordNumber }) => isAfter(recordNumber, cursor));
  const items = ahead.slice(0, pageSize);
  const last = ahead.length > pageSize ? items.at(-1) : undefined;
  const nextCursor = last === undefined ? null : String(last.recordNumber);
  return { items, total: oldestFirst.length, page, pageSize, nextCursor };
}
