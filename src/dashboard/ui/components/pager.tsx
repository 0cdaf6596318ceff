import { c } from '../texts/common.ts';
import { Button } from './button.tsx';
import './states.css';

interface PagerProps {
  /** How many are shown now, and how many there are. */
  shown: number;
  total: number;
  /** Whether there is a page behind this one, and before. */
  hasNext: boolean;
  hasPrevious: boolean;
  onNext(): void;
  onPrevious(): void;
}

/** For lists with a `nextCursor`; the cursors one came by are kept by `useCursor`. */
export function Pager({ shown, total, hasNext, hasPrevious, onNext, onPrevious }: PagerProps) {
  return (
    <nav class="row-between" aria-label={c.count('total', total)}>
      <p class="muted small" aria-live="polite">
        {shown === total ? c('allShown', { total }) : c.count('shown', shown, { total })}
      </p>
      {(hasNext || hasPrevious) && (
        <div class="row">
          <Button disabled={!hasPrevious} onClick={onPrevious}>
            {c('previousPage')}
          </Button>
          <Button disabled={!hasNext} onClick={onNext}>
            {c('nextPage')}
          </Button>
        </div>
      )}
    </nav>
  );
}
