import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

export interface VirtualSize {
  readonly count: number;
  /** Of one row before it is measured, in px. */
  readonly estimate: number;
  /** Keeps rows apart when some come in before them. */
  keyAt(index: number): string;
}

/** Draws only what is near the view while the whole page scrolls; `list` is where the rows begin. */
export function usePageVirtual(
  list: RefObject<HTMLElement>,
  size: VirtualSize,
): Virtualizer<Window, HTMLElement> {
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  return useVirtualizer<Window>({
    ...common(size),
    scrollMargin: margin,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialRect: { width: innerWidth, height: innerHeight },
    initialOffset: () => scrollY,
  });
}

/** The same for a box that scrolls by itself. */
export function useBoxVirtual(
  box: RefObject<HTMLElement>,
  size: VirtualSize,
): Virtualizer<HTMLElement, HTMLElement> {
  return useVirtualizer<HTMLElement>({
    ...common(size),
    getScrollElement: () => box.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
  });
}

/** A box that begins at its end and stays there when something is added, as conversations do; older rows push nothing away. */
export function useEndVirtual(
  box: RefObject<HTMLElement>,
  size: VirtualSize,
): Virtualizer<HTMLElement, HTMLElement> {
  return useVirtualizer<HTMLElement>({
    ...common(size),
    getScrollElement: () => box.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 80,
    initialOffset: () => Number.MAX_SAFE_INTEGER,
  });
}

function common({ count, estimate, keyAt }: VirtualSize) {
  return { count, estimateSize: () => estimate, getItemKey: keyAt, overscan: 8 };
}

function useVirtualizer<Scroller extends HTMLElement | Window>(
  options: VirtualizerOptions<Scroller, HTMLElement>,
): Virtualizer<Scroller, HTMLElement> {
  const [, redraw] = useReducer((round: number, _: null) => round + 1, 0);
  const all = { ...options, onChange: () => redraw(null) };
  const [virtualizer] = useState(() => new Virtualizer<Scroller, HTMLElement>(all));
  virtualizer.setOptions(all);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
