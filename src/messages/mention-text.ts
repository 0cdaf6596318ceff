import { type Jid, jidParts } from '../whatsapp/jid.ts';

/**
 * Puts people into a text: `{m1}` and `{mention1}` are the first, `{mention[0]}` as well, `{mentions}` is everybody. A placeholder
 * nobody stands behind is left as it is and told in `unknown`.
 */
export function fillMentions(
  message: string,
  people: readonly Jid[],
): { readonly text: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const name = (jid: Jid) => `@${jidParts(jid).user}`;
  const text = message.replace(PLACEHOLDER, (whole: string, counted?: string, indexed?: string) => {
    if (counted === undefined && indexed === undefined) return people.map(name).join(' ');
    const person = people[indexed === undefined ? Number(counted) - 1 : Number(indexed)];
    if (person) return name(person);
    unknown.push(whole);
    return whole;
  });
  return { text, unknown };
}

const PLACEHOLDER = /\{(?:m(?:ention)?(\d{1,4})|mention\[(\d{1,4})\]|mentions)\}/g;
