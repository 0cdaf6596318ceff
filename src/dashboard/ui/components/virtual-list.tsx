import type { Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useBoxVirtual, usePageVirtual } from '../lib/use-virtual.ts';
import './virtual-list.css';

interface VirtualListProps<Item> {
  /** What the list holds, for those who hear the page. */
  label: string;
  items: readonly Item[];
  keyOf(item: Item): string;
  /** Height of a row before it was drawn, in px. */
  estimate: number;
  row(item: Item, index: number): ComponentChildren;
  /** Called when the last row comes near: load more. */
  onEnd?: () => void;
}

/** A list of any length that scrolls with the page; only rows near the view are in the document. */
export function VirtualList<Item>(props: VirtualListProps<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const virtualizer = usePageVirtual(list, sizeOf(props));
  const { scrollMargin } = virtualizer.options;
  return <Rows {...props} listRef={list} virtualizer={virtualizer} shift={-scrollMargin} />;
}

/** The same in a box with a scroll bar of its own; it takes the height its parent gives it. */
export function VirtualBox<Item>(props: VirtualListProps<Item>) {
  const box = useRef<HTMLElement>(null);
  const virtualizer = useBoxVirtual(box, sizeOf(props));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="virtual-box" ref={box} aria-label={props.label} tabIndex={0}>
      <Rows {...props} virtualizer={virtualizer} shift={0} />
    </section>
  );
}

function sizeOf<Item>({ items, keyOf, estimate }: VirtualListProps<Item>) {
  const keyAt = (index: number) => {
    const item = items[index];
    return item === undefined ? String(index) : keyOf(item);
  };
  return { count: items.length, estimate, keyAt };
}

interface RowsProps<Item, Scroller extends HTMLElement | Window> extends VirtualListProps<Item> {
  virtualizer: Virtualizer<Scroller, HTMLElement>;
  shift: number;
  listRef?: { current: HTMLUListElement | null };
}

function Rows<Item, Scroller extends HTMLElement | Window>(props: RowsProps<Item, Scroller>) {
  const { label, items, row, onEnd, virtualizer, shift, listRef } = props;
  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 5) onEnd?.();
  }, [last, items.length, onEnd]);
  return (
    <ul
      class="virtual-list"
      aria-label={label}
      ref={listRef}
      style={{ height: `${virtualizer.getTotalSize()}px` }}
    >
      {shown.map(({ key, index, start }) => {
        const item = items[index];
        return (
          item !== undefined && (
            <li
              key={String(key)}
              data-index={index}
              ref={(element) => virtualizer.measureElement(element)}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start + shift}px)` }}
            >
              {row(item, index)}
            </li>
          )
        );
      })}
    </ul>
  );
}
