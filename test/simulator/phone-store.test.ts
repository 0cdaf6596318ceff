import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPhoneStore } from '../../src/simulator/phone/phone-store.ts';

let directory = '';
const file = () => join(directory, 'phones.journal');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sim-store-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the phone store', () => {
  it('keeps what was set and forgets what was deleted, without being closed', () => {
    const store = openPhoneStore(directory);
    store.set('a/1', { text: 'line\nbreak "quoted"' });
    store.set('a/2', [1, 2]);
    store.set('b/1', 'other');
    store.delete('a/2');

    const again = openPhoneStore(directory);
    expect(again.get('a/1')).toEqual({ text: 'line\nbreak "quoted"' });
    expect(again.get('a/2')).toBeUndefined();
    expect(again.keys('a/')).toEqual(['a/1']);
  });

  it('leaves out a last line that was cut off', () => {
    openPhoneStore(directory).set('a/1', 1);
    appendFileSync(file(), '["b",{"half":');
    const again = openPhoneStore(directory);
    expect(again.get('a/1')).toBe(1);
    expect(again.get('b')).toBeUndefined();
    again.set('b', 2);
    expect(openPhoneStore(directory).get('b')).toBe(2);
  });

  it('refuses a journal that is broken in the middle', () => {
    writeFileSync(file(), '["a",1]\nnonsense\n["b",2]\n');
    expect(() => openPhoneStore(directory)).toThrow();
  });

  it('does not grow for ever', () => {
    const store = openPhoneStore(directory);
    for (let turn = 0; turn < 25_000; turn += 1) store.set('counter/1', turn);
    store.close();
    expect(readFileSync(file(), 'utf8').split('\n').length).toBeLessThan(20_001);
    expect(openPhoneStore(directory).get('counter/1')).toBe(24_999);
  });

  it('is readable by its owner only', () => {
    openPhoneStore(directory).set('a/1', 1);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('refuses to write once it is closed', () => {
    const store = openPhoneStore(directory);
    store.close();
    expect(() => store.set('a/1', 1)).toThrow('closed');
  });
});
