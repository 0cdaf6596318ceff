import type { VirtualItem, Virtualizer } from '@tanstack/virtual-core';
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
  return <Rows {...props} listRef={list} {...viewOf(virtualizer)} shift={-scrollMargin} />;
}

/** The same in a box with a scroll bar of its own; it takes the height its parent gives it. */
export function VirtualBox<Item>(props: VirtualListProps<Item>) {
  const box = useRef<HTMLElement>(null);
  const virtualizer = useBoxVirtual(box, sizeOf(props));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="virtual-box" ref={box} aria-label={props.label} tabIndex={0}>
      <Rows {...props} {...viewOf(virtualizer)} shift={0} />
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

/** What is drawn now, by value: a component whose properties are the same objects is not drawn again. */
interface View {
  shown: readonly VirtualItem[];
  /** In px. */
  height: number;
  measure(element: HTMLElement | null): void;
}

function viewOf<Scroller extends HTMLElement | Window>(
  virtualizer: Virtualizer<Scroller, HTMLElement>,
): View {
  return {
    shown: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
  };
}

interface RowsProps<Item> extends VirtualListProps<Item>, View {
  shift: number;
  listRef?: { current: HTMLUListElement | null };
}

function Rows<Item>(props: RowsProps<Item>) {
  const { label, items, row, onEnd, shown, height, measure, shift, listRef } = props;
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 5) onEnd?.();
  }, [last, items.length, onEnd]);
  return (
    <ul class="virtual-list" aria-label={label} ref={listRef} style={{ height: `${height}px` }}>
      {shown.map(({ key, index, start }) => {
        const item = items[index];
        return (
          item !== undefined && (
            <li
              key={String(key)}
              data-index={index}
              ref={measure}
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
