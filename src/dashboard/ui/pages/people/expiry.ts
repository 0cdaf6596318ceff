/** When a key expires, as a form asks it: never, in so many days, or at the end of a day. */
export const EXPIRY_CHOICES = ['never', '30', '90', '365', 'date'] as const;
export type ExpiryChoice = (typeof EXPIRY_CHOICES)[number];

const DAY_MS = 24 * 60 * 60 * 1000;

/** The moment for the API; `day` is what an input of dates holds, in the browser's zone. `now` in ms. */
export function expiryOf(choice: ExpiryChoice, day: string, now: number): string | null {
  if (choice === 'never') return null;
  if (choice === 'date') return new Date(`${day}T23:59:59`).toISOString();
  return new Date(now + Number(choice) * DAY_MS).toISOString();
}

/** The day of a moment in the browser's zone, for an input of dates. */
export function dayOf(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
