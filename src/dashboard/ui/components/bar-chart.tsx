import type { RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatNumber } from '../lib/format.ts';
import { c } from '../texts/common.ts';
import { Button } from './button.tsx';
import { DataTable } from './data-table.tsx';
import './bar-chart.css';

export interface Bar {
  /** Below the bar, and in the table. */
  readonly label: string;
  readonly value: number;
}

interface BarChartProps {
  title: string;
  /** What the labels are ("Day") and what is counted ("Messages"), for the table. */
  labelTitle: string;
  valueTitle: string;
  bars: readonly Bar[];
}

/** Until it is measured, in px. */
const WIDTH = 640;
const HEIGHT = 200;
const FOOT = 24;
/** Room a label below the bars needs, in px. */
const LABEL = 72;

/** Bars over a base line; the same figures as a table for those who cannot see them or want them exactly. */
export function BarChart({ title, labelTitle, valueTitle, bars }: BarChartProps) {
  const [asTable, setAsTable] = useState(false);
  const titleId = useId();
  return (
    <figure class="chart" aria-labelledby={titleId}>
      <figcaption class="row-between">
        <span id={titleId} class="chart-title">
          {title}
        </span>
        <Button kind="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? c('hideTable') : c('showTable')}
        </Button>
      </figcaption>
      {asTable ? (
        <DataTable
          caption={title}
          columns={[
            { id: 'label', title: labelTitle, cell: (bar: Bar) => bar.label },
            { id: 'value', title: valueTitle, align: 'end', cell: (bar: Bar) => formatNumber(bar.value) },
          ]}
          rows={bars}
          keyOf={(bar) => bar.label}
        />
      ) : (
        <Bars title={`${title}: ${summary(bars)}`} bars={bars} />
      )}
    </figure>
  );
}

function Bars({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const step = width / Math.max(1, bars.length);
  const thick = Math.min(step * 0.76, 64);
  // As many labels as fit beside each other.
  const every = Math.max(1, Math.ceil((bars.length * LABEL) / width));
  const room = HEIGHT - FOOT - 16;
  return (
    <div ref={frame}>
      <svg class="chart-bars" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={title}>
        <text class="chart-text" x="0" y="12">
          {formatNumber(highest)}
        </text>
        <line class="chart-line" x1="0" x2={width} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
        {bars.map(({ label, value }, index) => {
          const height = (value / highest) * room;
          const x = index * step + (step - thick) / 2;
          const isAtEnd = index * step + LABEL > width;
          return (
            <g key={label}>
              <rect
                class="chart-bar"
                x={x}
                y={HEIGHT - FOOT - height}
                width={thick}
                height={height}
                rx={Math.min(2, thick / 4)}
              >
                <title>{`${label}: ${formatNumber(value)}`}</title>
              </rect>
              {index % every === 0 && (
                <text
                  class="chart-text"
                  x={isAtEnd ? x + thick : x}
                  y={HEIGHT - 6}
                  text-anchor={isAtEnd ? 'end' : 'start'}
                >
                  {label}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** The width there is, in px, so that letters and lines are as large in every chart. */
function useWidth(frame: RefObject<HTMLElement>): number {
  const [width, setWidth] = useState(WIDTH);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setWidth(Math.max(1, Math.round(element.clientWidth))));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return width;
}

function summary(bars: readonly Bar[]): string {
  return bars
    .slice(0, 40)
    .map(({ label, value }) => `${label} ${formatNumber(value)}`)
    .join(', ');
}
