import './progress-bar.css';

/** How far something is; `value` of `max`. */
export function ProgressBar({ label, value, max = 100 }: { label: string; value: number; max?: number }) {
  return <progress class="progress" aria-label={label} value={value} max={Math.max(max, 1)} />;
}
