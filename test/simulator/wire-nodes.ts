import type { Random } from '../../src/shared/random.ts';
import type { WireNode } from '../../src/simulator/node.ts';
import { DOUBLE_BYTE_TOKENS, SINGLE_BYTE_TOKENS } from '../../src/simulator/wire/tokens.ts';

const TOKENS = [...SINGLE_BYTE_TOKENS.slice(1), ...DOUBLE_BYTE_TOKENS.flat()];
/** Without the characters that mean device and agent in an address. */
const WORDS = TOKENS.filter((token) => /^[a-z.-]+$/.test(token));
const DEVICE_SERVERS = ['s.whatsapp.net', 'lid', 'hosted', 'hosted.lid'];
const PAIR_SERVERS = ['s.whatsapp.net', 'lid', 'g.us', 'broadcast', 'newsletter', 'bot', 'call'];
const SENTENCE = 'Grüße aus Köln – señal n.º 7 ✓ 你好 ';

/** Nodes of every shape the encoding knows; a seeded Random makes the same corpus every time. */
export function createNodeSource(random: Random) {
  const below = (limit: number) => Math.floor(random.next() * limit);
  const pick = <T>(items: readonly [T, ...T[]] | readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const repeat = (alphabet: string, count: number) =>
    Array.from({ length: count }, () => alphabet[below(alphabet.length)]).join('');

  const strings: readonly (() => string)[] = [
    () => pick(TOKENS),
    () => repeat('0123456789', 1 + below(40)),
    () => repeat('0123456789-.', 1 + below(130)),
    () => `A${repeat('0123456789ABCDEF', below(130))}`,
    () => repeat('0123456789abcdef', 1 + below(64)),
    () => `${repeat('0123456789', 6 + below(10))}@${pick(PAIR_SERVERS)}`,
    () => `${repeat('0123456789', 6 + below(10))}:${1 + below(255)}@${pick(DEVICE_SERVERS)}`,
    () => `@${pick(PAIR_SERVERS)}`,
    () => `${pick(WORDS)}@${pick(WORDS)}`,
    () => `somebody ${below(9)}@example.org`,
    () => repeat(SENTENCE, 1 + below(40)),
    () => repeat(SENTENCE, 250 + below(20)),
    () => repeat('x', 70_000),
    () => '',
  ];
  // Long texts are rare, or the corpus would be nothing else.
  const text = () => (random.next() < 0.01 ? pick(strings)() : pick(strings.slice(0, 11))());

  const attrs = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${pick(TOKENS)}${index}`, text()]));

  function node(depth: number): WireNode {
    const bare = { tag: pick(TOKENS), attrs: attrs(random.next() < 0.01 ? 140 : below(6)) };
    switch (below(4)) {
      case 0:
        return bare;
      case 1:
        return { ...bare, content: text() };
      case 2:
        return {
          ...bare,
          content: random.bytes(pick([0, 1, 255, 256, 300, random.next() < 0.02 ? 1 << 20 : 40])),
        };
      default: {
        const count = depth >= 4 ? 0 : random.next() < 0.01 ? 300 : below(4);
        return { ...bare, content: Array.from({ length: count }, () => node(depth + 1)) };
      }
    }
  }

  return { text, node: () => node(0) };
}
