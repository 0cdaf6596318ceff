/** What the browser remembers; a browser that forbids it remembers nothing, and nothing breaks. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`wafleet.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`wafleet.${key}`);
    else localStorage.setItem(`wafleet.${key}`, value);
  } catch {
    // A private window may refuse; the choice then lasts as long as the page.
  }
}
