import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { startFailure } from '../../src/start-failure.ts';

const system = (code: string, message: string, syscall = 'open') =>
  Object.assign(new Error(message), { code, syscall });
const ofDatabase = (cause: Error) => new AppError('DATABASE_UNAVAILABLE', {}, { cause });

describe('a server that cannot start tells a person why', () => {
  it.each([
    [
      'the port is taken',
      system('EADDRINUSE', 'listen EADDRINUSE 127.0.0.1:4000', 'listen'),
      'DASHBOARD_PORT',
      false,
    ],
    ['a port below 1024', system('EACCES', 'listen EACCES 0.0.0.0:80', 'listen'), 'DASHBOARD_PORT', true],
    [
      'an address of another machine',
      system('EADDRNOTAVAIL', 'listen EADDRNOTAVAIL', 'listen'),
      'HOST',
      true,
    ],
    ['a host nobody knows', system('ENOTFOUND', 'getaddrinfo ENOTFOUND x', 'getaddrinfo'), 'HOST', true],
    [
      'a wrong password',
      system('ER_ACCESS_DENIED_ERROR', "Access denied for user 'u'"),
      'DATABASE_URL',
      true,
    ],
    ['no such database', system('ER_BAD_DB_ERROR', "Unknown database 'x'"), 'DATABASE_URL', true],
    [
      'a database that is down',
      ofDatabase(system('ECONNREFUSED', 'connect ECONNREFUSED')),
      'Is it running?',
      false,
    ],
    [
      'a database host nobody knows',
      ofDatabase(system('ENOTFOUND', 'getaddrinfo ENOTFOUND')),
      'DATABASE_URL',
      false,
    ],
    [
      'a file that is no database',
      ofDatabase(system('SQLITE_NOTADB', 'file is not a database')),
      'backup',
      true,
    ],
    [
      'a database damaged within',
      ofDatabase(new Error('Invalid call\n\ndisk image is malformed')),
      'disk image',
      true,
    ],
    ['a database somebody holds', ofDatabase(system('SQLITE_BUSY', 'locked')), 'Another process', false],
    [
      'a folder without rights',
      system('EACCES', "EACCES: permission denied, mkdir '/x'", 'mkdir'),
      'DATA_DIR',
      true,
    ],
  ])('%s', (_case, error, advice, needsAPerson) => {
    const failure = startFailure(error);
    expect(failure?.message).toContain(advice);
    expect(failure?.needsAPerson).toBe(needsAPerson);
  });

  it('leaves bugs their stack', () => {
    expect(startFailure(new TypeError('x is not a function'))).toBeNull();
    expect(startFailure('thrown text')).toBeNull();
  });
});
