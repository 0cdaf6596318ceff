import { describe, expect, it } from 'vitest';
import { clip, clipNullable, parseJsonColumn } from '../../src/database/columns.ts';

describe('clipping what strangers wrote', () => {
  it('counts characters as the database does, and never halves one', () => {
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abcd', 3)).toBe('abc');
    expect(clip('😀😀😀', 3)).toBe('😀😀😀');
    expect(clip('😀😀😀', 2)).toBe('😀😀');
  });

  it('replaces half a character, which no database would take', () => {
    expect(clip('a\ud83d', 9)).toBe('a\ufffd');
  });

  it('leaves what is not there', () => expect(clipNullable(null, 3)).toBeNull());
});

describe('a JSON column', () => {
  it('is read from text, and left alone when it was read already', () => {
    expect(parseJsonColumn('{"a":[1]}')).toEqual({ a: [1] });
    expect(parseJsonColumn({ a: 1 })).toEqual({ a: 1 });
    expect(parseJsonColumn(7)).toBe(7);
    expect(parseJsonColumn(null)).toBeNull();
  });
});
