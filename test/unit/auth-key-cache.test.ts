import { expect, it } from 'vitest';
import { createKeyCache } from '../../src/whatsapp/auth-key-cache.ts';

const bytes = (text: string) => Buffer.from(text);
const written = (type: string, values: Record<string, Buffer | null>) =>
  new Map([[type, new Map(Object.entries(values))]]);

it('knows what was asked for, what is not there, and what was written since', () => {
  const cache = createKeyCache();
  expect(cache.get('session', 'a')).toBeUndefined();
  cache.learn(
    'session',
    new Map([
      ['a', bytes('1')],
      ['b', null],
    ]),
    0,
  );
  expect(cache.get('session', 'a')).toEqual(bytes('1'));
  expect(cache.get('session', 'b')).toBeNull();
  expect(cache.get('tctoken', 'a')).toBeUndefined();
  cache.wrote(written('session', { a: null, b: bytes('2'), c: bytes('3') }));
  expect([cache.get('session', 'a'), cache.get('session', 'b'), cache.get('session', 'c')]).toEqual([
    null,
    bytes('2'),
    bytes('3'),
  ]);
});

it('does not believe an answer to a question asked before a write', () => {
  const cache = createKeyCache();
  const since = cache.writes();
  cache.wrote(written('session', { a: bytes('new') }));
  cache.learn('session', new Map([['a', bytes('old')]]), since);
  expect(cache.get('session', 'a')).toEqual(bytes('new'));
  cache.learn('session', new Map([['b', bytes('old')]]), since);
  expect(cache.get('session', 'b')).toBeUndefined();
});

it('knows nothing after a write that failed', () => {
  const cache = createKeyCache();
  cache.wrote(written('session', { a: bytes('1') }));
  const since = cache.writes();
  cache.clear();
  expect(cache.get('session', 'a')).toBeUndefined();
  cache.learn('session', new Map([['a', bytes('1')]]), since);
  expect(cache.get('session', 'a')).toBeUndefined();
});

it('keeps the keys used last, and none of the many that are used once', () => {
  const cache = createKeyCache();
  cache.wrote(written('session', { first: bytes('1') }));
  for (let index = 0; index < 99; index += 1) {
    cache.wrote(written('session', { [index]: bytes('x') }));
    cache.get('session', 'first');
  }
  cache.wrote(written('session', { last: bytes('2') }));
  expect(cache.get('session', 'first')).toEqual(bytes('1'));
  expect(cache.get('session', '0')).toBeUndefined();
  cache.wrote(written('pre-key', { 1: bytes('3') }));
  expect(cache.get('pre-key', '1')).toBeUndefined();
});
