/** +62 812-3456-7890 of 6281234567890: easy to compare with what one has on paper. Groups and hidden ids stay as they are. */
export function formatPhone(number: string): string {
  const digits = number.replace(/@.*$/, '');
  if (!/^\d{8,15}$/.test(digits) || number.endsWith('@g.us') || number.endsWith('@lid')) return number;
  const country = COUNTRY.exec(digits)?.[0] ?? digits.slice(0, 2);
  const rest = digits.slice(country.length);
  const head = rest.slice(0, 3);
  const tail = rest.slice(3).match(/.{1,4}/g) ?? [];
  return `+${country} ${[head, ...tail].join('-')}`;
}

/** The calling codes of one and of three digits; all others have two. */
const COUNTRY = /^(?:1|7|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[789]\d|8[0578]\d|9[679]\d)/;
