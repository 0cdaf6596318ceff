import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './page.css';

interface PageProps {
  /** The heading, and the title of the document. */
  title: string;
  /** Buttons beside the heading. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** The outer part of every page: its title, and the focus on it when one arrives. */
export function Page({ title, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · wafleet`;
  }, [title]);
  useEffect(() => {
    // At the first page the browser begins at the top by itself; later those who hear the page must learn of the change.
    if (arrivals > 0) heading.current?.focus({ preventScroll: true });
    arrivals += 1;
    scrollTo(0, 0);
  }, []);
  return (
    <div class="page">
      <header class="row-between">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions !== undefined && <div class="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

let arrivals = 0;
