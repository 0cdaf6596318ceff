import { EventEmitter } from 'node:events';
import type { BinaryNode, SignalRepositoryWithLIDStore, WASocket } from '@whiskeysockets/baileys';
import { beforeEach, expect, it } from 'vitest';
import { createInboundOrder } from '../../src/whatsapp/inbound-order.ts';

/** The library's two ways: what waited goes into its queue, the rest is read at once. */
let queue: BinaryNode[];
let atOnce: BinaryNode[];
let ws: EventEmitter;
let repository: Pick<SignalRepositoryWithLIDStore, 'decryptMessage' | 'decryptGroupMessage'>;
let failure: Error | null;

beforeEach(() => {
  [queue, atOnce, failure] = [[], [], null];
  ws = new EventEmitter();
  ws.on('CB:message', (node: BinaryNode) => (node.attrs.offline ? queue : atOnce).push(node));
  const read = async () => {
    if (failure) throw failure;
    return Buffer.from([1]);
  };
  const order = createInboundOrder();
  order.watch(ws as WASocket['ws']);
  repository = order.observing({
    decryptMessage: read,
    decryptGroupMessage: read,
  } as unknown as SignalRepositoryWithLIDStore);
});

const arrive = (attrs: Record<string, string>, ...types: string[]) => {
  const content = types.map((type) => ({ tag: 'enc', attrs: { type }, content: Buffer.from(type) }));
  ws.emit('CB:message', { tag: 'message', attrs, content });
};
const tryFirst = async () => {
  const [node] = queue.splice(0, 1);
  const children = Array.isArray(node?.content) ? node.content : [];
  for (const { attrs, content } of children) {
    if (!(content instanceof Uint8Array)) continue;
    const work =
      attrs.type === 'skmsg'
        ? repository.decryptGroupMessage({ group: 'g', authorJid: 'a', msg: content })
        : repository.decryptMessage({ jid: 'a', type: 'pkmsg', ciphertext: content });
    await work.catch(() => {});
  }
};
const ids = (nodes: readonly BinaryNode[]) => nodes.map(({ attrs }) => attrs.id);

it('reads at once what comes when nothing waits', () => {
  arrive({ id: 'live' }, 'msg');
  expect(ids(atOnce)).toEqual(['live']);
  expect(queue).toEqual([]);
});

it('keeps what comes behind what waits, until every ciphertext of it was tried', async () => {
  arrive({ id: 'first', offline: '1' }, 'pkmsg', 'skmsg');
  arrive({ id: 'second' }, 'skmsg');
  expect(ids(queue)).toEqual(['first', 'second']);
  await tryFirst();
  arrive({ id: 'third' }, 'skmsg');
  expect(ids(queue)).toEqual(['second', 'third']);
  await tryFirst();
  await tryFirst();
  arrive({ id: 'fourth' }, 'skmsg');
  expect(ids(atOnce)).toEqual(['fourth']);
});

it('does not wait for a ciphertext that could not be read', async () => {
  failure = new Error('Bad MAC');
  arrive({ id: 'first', offline: '1' }, 'msg');
  await tryFirst();
  arrive({ id: 'second' }, 'msg');
  expect(ids(atOnce)).toEqual(['second']);
});

it('does not wait for what has no ciphertext', () => {
  ws.emit('CB:message', { tag: 'message', attrs: { id: 'first', offline: '1' }, content: undefined });
  arrive({ id: 'second', offline: '1' }, 'plaintext');
  arrive({ id: 'third' }, 'msg');
  expect(ids(atOnce)).toEqual(['third']);
});
