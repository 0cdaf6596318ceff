import { signal } from '@preact/signals';
import { formatPlace, parsePlace } from './route.ts';

/** Where the person is; changes with the address bar. */
export const place = signal(parsePlace(location.hash));

addEventListener('hashchange', () => {
  place.value = parsePlace(location.hash);
});

/** Goes to a page: `go('/devices/anna')`. */
export function go(path: string, query?: Readonly<Record<string, string>>): void {
  location.hash = formatPlace(path, query);
}

/** Changes the query of this page without a step in the history: filters, cursors. */
export function replaceQuery(query: Readonly<Record<string, string>>): void {
  const hash = formatPlace(place.value.path, query);
  history.replaceState(null, '', hash);
  place.value = parsePlace(hash);
}

/** For links: `<a href={href('/devices')}>`. */
export const href = formatPlace;
