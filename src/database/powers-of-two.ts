const LARGEST = 128;

/**
 * Cuts items into groups of 128, 64, 32 … 1: the sizes a number is made of, so that few statements are prepared for groups of any
 * size. In order; at most `largest` (a power of two) in one.
 */
export function powersOfTwo<Item>(items: readonly Item[], largest = LARGEST): Item[][] {
  const groups: Item[][] = [];
  for (let from = 0, size = largest; from < items.length; ) {
    while (size > items.length - from) size /= 2;
    groups.push(items.slice(from, from + size));
    from += size;
  }
  return groups;
}
