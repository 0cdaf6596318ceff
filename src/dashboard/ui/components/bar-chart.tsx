import { useId, useState } from 'preact/hooks';
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

const WIDTH = 640;
const HEIGHT = 200;
const FOOT = 24;

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
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const step = WIDTH / Math.max(1, bars.length);
  // As many labels as fit beside each other.
  const every = Math.max(1, Math.ceil(bars.length / 8));
  const room = HEIGHT - FOOT - 16;
  return (
    <svg class="chart-bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      <text class="chart-text" x="0" y="12">
        {formatNumber(highest)}
      </text>
      <line class="chart-line" x1="0" x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
      {bars.map(({ label, value }, index) => {
        const height = (value / highest) * room;
        const x = index * step;
        return (
          <g key={label}>
            <rect
              class="chart-bar"
              x={x + step * 0.12}
              y={HEIGHT - FOOT - height}
              width={Math.min(step * 0.76, 64)}
              height={height}
              rx="2"
            >
              <title>{`${label}: ${formatNumber(value)}`}</title>
            </rect>
            {index % every === 0 && (
              <text class="chart-text" x={x + step * 0.12} y={HEIGHT - 6}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function summary(bars: readonly Bar[]): string {
  return bars
    .slice(0, 40)
    .map(({ label, value }) => `${label} ${formatNumber(value)}`)
    .join(', ');
}
