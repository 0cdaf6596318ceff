import { browserClock, type UiClock } from './clock.ts';

/** A name for one filled-in form: sent twice under it, it is done once. */
export function newOnceKey(clock: Pick<UiClock, 'now' | 'random'> = browserClock): string {
  const chance = () => Math.floor(clock.random() * 2 ** 50).toString(36);
  return `page-${clock.now().toString(36)}-${chance()}-${chance()}`;
}
