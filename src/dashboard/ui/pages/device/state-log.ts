import type { LoggedEvent } from '../../api/device-detail-types.ts';

/**
 * The events, newest first, without those that repeat the state before them: progress and details change without the state.
 * Of a run that says the same the first one stays, since that is when it began.
 */
export function changesOf(events: readonly LoggedEvent[]): LoggedEvent[] {
  return events.filter((event, index) => {
    const before = events[index + 1];
    return before === undefined || !saysTheSame(event, before);
  });
}

function saysTheSame(a: LoggedEvent, b: LoggedEvent): boolean {
  return a.type === b.type && a.status === b.status && a.cause?.code === b.cause?.code;
}
