import type { ItemProblem, TextItem } from '../messages/text-item.ts';
import type { OutgoingContent } from '../whatsapp/outgoing.ts';

/** What an item says: a text, or the content, and then the text is what makes two items the same. */
export interface ReadyItem extends TextItem {
  readonly content?: OutgoingContent;
}

/** An item that will be sent; `index` is its place in the list as it was sent to us. */
export interface IndexedItem extends ReadyItem {
  readonly index: number;
}

/** The same recipient and the same text as an earlier item. */
export interface Duplicate {
  readonly index: number;
  readonly firstIndex: number;
}

/** One thing that is wrong with one item. */
export interface IndexedProblem extends ItemProblem {
  readonly index: number;
}

/** A list of items, judged one by one. */
export interface ReadItems {
  readonly items: readonly IndexedItem[];
  readonly duplicates: readonly Duplicate[];
  readonly problems: readonly IndexedProblem[];
  /** Items with at least one problem. */
  readonly invalidCount: number;
}

/** The item, or everything that is wrong with it. */
type ReadGiven<Given> = (item: Given) => ReadyItem | { readonly problems: readonly ItemProblem[] };

/** Items judged before other work gets its turn: reading a phone number takes some microseconds. */
const AT_ONCE = 500;

/** Judges every item, also after the first bad one. Duplicates are left out of `items`, or only noted. */
export async function readItems<Given>(
  given: readonly Given[],
  { read, duplicates: wanted }: { read: ReadGiven<Given>; duplicates: 'once' | 'all' },
): Promise<ReadItems> {
  const items: IndexedItem[] = [];
  const duplicates: Duplicate[] = [];
  const problems: IndexedProblem[] = [];
  let invalidCount = 0;
  const firstIndexOf = createFirstIndex();
  for (const [index, each] of given.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise(setImmediate);
    const item = read(each);
    if ('problems' in item) {
      invalidCount += 1;
      problems.push(...item.problems.map((problem) => ({ index, ...problem })));
      continue;
    }
    const firstIndex = firstIndexOf(item, index);
    if (firstIndex !== index) duplicates.push({ index, firstIndex });
    if (firstIndex === index || wanted === 'all') items.push({ index, ...item });
  }
  return { items, duplicates, problems, invalidCount };
}

/** Remembers where each pair of recipient and text came first. Most recipients have one text, and need no map of theirs. */
function createFirstIndex() {
  const firsts = new Map<string, { text: string; index: number }>();
  const others = new Map<string, Map<string, number>>();
  return ({ to, text }: TextItem, index: number): number => {
    const first = firsts.get(to);
    if (!first) {
      firsts.set(to, { text, index });
      return index;
    }
    if (first.text === text) return first.index;
    const texts = others.get(to) ?? new Map<string, number>();
    others.set(to, texts);
    const known = texts.get(text) ?? index;
    texts.set(text, known);
    return known;
  };
}
