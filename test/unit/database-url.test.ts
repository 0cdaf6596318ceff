import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDatabaseUrl } from '../../src/database/database-url.ts';

describe('a database URL', () => {
  const files = {
    'file:/data/w.db': '/data/w.db',
    'file:///data/a%20b.db': '/data/a b.db',
    'file:./w.db': resolve('w.db'),
    'file:w.db': resolve('w.db'),
  };
  for (const [url, path] of Object.entries(files)) {
    it(`${url} is an SQLite file`, () => expect(parseDatabaseUrl(url)).toEqual({ dialect: 'sqlite', path }));
  }

  for (const url of ['mysql://u:p@db.test:3307/wafleet', 'mariadb://u@[::1]/wafleet']) {
    it(`${url} is a server`, () => {
      expect(parseDatabaseUrl(url)).toEqual({ dialect: 'mysql', url: new URL(url) });
    });
  }

  const wrong = [
    '',
    'file:',
    'file::memory:',
    'postgres://u:secret@h/d',
    'mysql://h',
    'mysql:///d',
    'mysql://u:secret@h/',
  ];
  for (const url of wrong) {
    it(`"${url}" is refused without repeating a password`, () => {
      expect(() => parseDatabaseUrl(url)).toThrow(/database URL/);
      expect(() => parseDatabaseUrl(url)).not.toThrow(/secret/);
    });
  }
});
