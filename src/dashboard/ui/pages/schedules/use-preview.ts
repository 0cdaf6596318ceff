import { useEffect, useState } from 'preact/hooks';
import { DEVICES } from '../../api/paths.ts';
import type { SchedulePreview } from '../../api/schedule-types.ts';
import { type ApiError, toApiError } from '../../lib/api-error.ts';
import { browserClock } from '../../lib/clock.ts';
import { api } from '../../lib/session.ts';
import type { TimeOrder } from './time-draft.ts';

export interface Foreseen {
  readonly preview: SchedulePreview | null;
  readonly error: ApiError | null;
}

/** Asked for when the person stops changing it for so long, in ms. */
const PAUSE_MS = 400;
const NOTHING: Foreseen = { preview: null, error: null };

/** The next times of what is filled in, or what is wrong with it; null: too little is filled in. */
export function usePreview(order: TimeOrder | null): Foreseen {
  const [foreseen, setForeseen] = useState(NOTHING);
  const asked = JSON.stringify(order);
  useEffect(() => {
    if (order === null) {
      setForeseen(NOTHING);
      return;
    }
    const leaving = new AbortController();
    const cancel = browserClock.after(PAUSE_MS, () => {
      api.post<SchedulePreview>(`${DEVICES}/schedules/preview`, order, { signal: leaving.signal }).then(
        (preview) => setForeseen({ preview, error: null }),
        (error: unknown) => {
          if (!leaving.signal.aborted) setForeseen({ preview: null, error: toApiError(error) });
        },
      );
    });
    return () => {
      cancel();
      leaving.abort();
    };
  }, [asked]);
  return foreseen;
}
