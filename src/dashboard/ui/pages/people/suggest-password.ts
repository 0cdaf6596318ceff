/** Without what is taken for something else when it is read aloud or written down. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const GROUPS = 4;
const GROUP_LENGTH = 5;

/** A password nobody guesses, in groups: about 115 bits. `random` fills an array with random numbers. */
export function suggestPassword(random: (into: Uint32Array<ArrayBuffer>) => void): string {
  const drawn = new Uint32Array(GROUPS * GROUP_LENGTH);
  random(drawn);
  const letters = [...drawn].map((each) => LETTERS[each % LETTERS.length] ?? '');
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  ).join('-');
}
