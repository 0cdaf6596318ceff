import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, createConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-parse.ts';
import { apiKeyPeppers, configuredSecrets, sessionSecret } from '../../src/config/secrets.ts';
import { systemRandom } from '../../src/shared/random.ts';

const environment = (values: Record<string, string> = {}) => ({ values, unknown: [], directory: '/srv/app' });
const config = (values: Record<string, string> = {}): Config => createConfig(environment(values));

function problemsOf(values: Record<string, string>): string[] {
  try {
    config(values);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ key, message }) => `${key} ${message}`);
  }
  return [];
}

describe('without any key', () => {
  it('listens on this machine only and stores in the data folder', () => {
    const { host, port, databaseUrl, dataDir, sessionsDir, sandbox, redisUrl, given, warnings } = config();
    expect({ host, port, databaseUrl, dataDir, sessionsDir, sandbox, redisUrl }).toEqual({
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: 'file:/srv/app/data/wafleet.db',
      dataDir: '/srv/app/data',
      sessionsDir: '/srv/app/sessions',
      sandbox: null,
      redisUrl: null,
    });
    expect(given).toEqual({ adminApiKey: null, masterKey: null, sessionSecret: null });
    expect(warnings).toEqual([]);
  });
});

describe('the database', () => {
  const db = { DB_HOST: 'db.internal', DB_USER: 'wa', DB_NAME: 'whatsapp_dashboard' };
  const cases: [string, Record<string, string>, string][] = [
    [
      'DB_ keys',
      { ...db, DB_PASSWORD: 'p@ss/w:rd', DB_PORT: '3307' },
      'mysql://wa:p%40ss%2Fw%3Ard@db.internal:3307/whatsapp_dashboard',
    ],
    ['no password', db, 'mysql://wa:@db.internal:3306/whatsapp_dashboard'],
    ['an IPv6 host', { ...db, DB_HOST: '::1' }, 'mysql://wa:@[::1]:3306/whatsapp_dashboard'],
    ['DATABASE_URL wins', { ...db, DATABASE_URL: 'mysql://u:p@h/n' }, 'mysql://u:p@h/n'],
    ['mariadb://', { DATABASE_URL: 'mariadb://u:p@h:1/n' }, 'mysql://u:p@h:1/n'],
    ['a relative file', { DATABASE_URL: 'file:./x/y.db' }, 'file:/srv/app/x/y.db'],
    ['an absolute file', { DATABASE_URL: 'file:///var/y.db' }, 'file:/var/y.db'],
    ['a leftover port', { DB_PORT: '3306' }, 'file:/srv/app/data/wafleet.db'],
  ];
  it.each(cases)('%s', (_name, values, url) => {
    expect(config(values).databaseUrl).toBe(url);
  });
});

describe('one wrong key is named with what it should have been', () => {
  const cases: [Record<string, string>, string][] = [
    [{ DASHBOARD_PORT: '70000' }, 'DASHBOARD_PORT must be a whole number from 0 to 65535'],
    [{ DASHBOARD_PORT: '4000x' }, 'DASHBOARD_PORT must be a whole number from 0 to 65535'],
    [{ ROLE: 'boss' }, 'ROLE must be one of all, api, devices, worker'],
    [{ APP_TIMEZONE: 'Mars/Olympus' }, 'APP_TIMEZONE must be an IANA time zone such as Asia/Jakarta'],
    [{ ADMIN_API_KEY: 'short' }, 'ADMIN_API_KEY must be at least 32 characters'],
    [
      { ADMIN_API_KEY: `with space ${'x'.repeat(30)}` },
      'ADMIN_API_KEY must be printable characters without spaces',
    ],
    [
      { MASTER_KEY: 'abcd' },
      'MASTER_KEY must be 32 bytes as 64 hex digits or as base64 (earlier keys may follow, separated by commas)',
    ],
    [{ SESSION_SECRET: 'short' }, 'SESSION_SECRET must be at least 32 characters'],
    [
      { DATABASE_URL: 'postgres://u@h/n' },
      'DATABASE_URL must be a URL such as mysql://user:password@host:3306/name or file:/path/to/file.db',
    ],
    [
      { DATABASE_URL: 'mysql://h' },
      'DATABASE_URL must be a URL such as mysql://user:password@host:3306/name or file:/path/to/file.db',
    ],
    [{ DB_HOST: 'h', DB_USER: 'u' }, 'DB_NAME is missing; DB_HOST, DB_USER and DB_NAME go together'],
    [{ REDIS_URL: 'http://h' }, 'REDIS_URL must be a redis:// or rediss:// URL'],
    [{ WA_DEFAULT_COUNTRY: 'id' }, 'WA_DEFAULT_COUNTRY must be a country of two capital letters such as ID'],
    [{ WA_PRINT_QR_TERMINAL: 'maybe' }, 'WA_PRINT_QR_TERMINAL must be true or false'],
    [{ WA_CONNECT_TIMEOUT_MS: '5' }, 'WA_CONNECT_TIMEOUT_MS must be a whole number from 1000 to 3600000'],
    [{ WA_VERSION: '2.3000' }, 'WA_VERSION must be three numbers with dots such as 2.3000.1020000000'],
    [{ WA_DEFAULT_DEVICE: 'a b' }, 'WA_DEFAULT_DEVICE must be 3 to 50 characters of a-z, A-Z, 0-9, _ and -'],
    [
      { CORS_ORIGINS: '*' },
      'CORS_ORIGINS must be http(s) origins such as https://panel.example, separated by commas',
    ],
    ...[
      '*',
      '*.lan',
      '0.0.0.0/0',
      '::/0',
      '10.0.0.1/33',
      'http://nas.lan',
      'nas.lan:0',
      '127.1',
      '[nas.lan]',
      'fe80::1%eth0',
      'a b',
    ].map((items): [Record<string, string>, string] => [
      { EGRESS_ALLOW: items },
      'EGRESS_ALLOW must be networks, addresses or host names such as 192.168.1.0/24, 10.0.0.5:8080 or nas.lan:5000, separated by commas; not "*"',
    ]),
    ...['true', '*', '10.0.0.0/0', '10.0.0.1/33', 'proxy.internal', '10.0.0.1/8/9'].map(
      (proxies): [Record<string, string>, string] => [
        { TRUST_PROXY: proxies },
        'TRUST_PROXY must be addresses or networks such as 10.0.0.1 or 10.0.0.0/8, separated by commas; not "true" or "*"',
      ],
    ),
  ];
  it.each(cases)('%o', (values, problem) => {
    expect(problemsOf(values)).toEqual([problem]);
  });
});

it('all wrong keys stand in one message, in the order of the documentation, without their values', () => {
  const values = { WA_DEFAULT_COUNTRY: 'xx', ADMIN_API_KEY: 'hunter2', DASHBOARD_PORT: 'x', DB_USER: 'u' };
  expect(() => config(values)).toThrow(
    [
      'The configuration cannot be used:',
      '  DASHBOARD_PORT must be a whole number from 0 to 65535',
      '  DB_HOST is missing; DB_HOST, DB_USER and DB_NAME go together',
      '  DB_NAME is missing; DB_HOST, DB_USER and DB_NAME go together',
      '  ADMIN_API_KEY must be at least 32 characters',
      '  WA_DEFAULT_COUNTRY must be a country of two capital letters such as ID',
      'docs/configuration.md explains each key.',
    ].join('\n'),
  );
});

it('takes lists, versions and keys apart', () => {
  const decided = config({
    TRUST_PROXY: '10.0.0.0/8, ::1',
    CORS_ORIGINS: 'https://panel.example/ ,http://localhost:5173',
    EGRESS_ALLOW: '192.168.1.0/24, 10.0.0.5:8080,::1,[fd00::5]:443, NAS.lan:5000,n8n',
    WA_VERSION: '2.3000.1020000000',
    MASTER_KEY: `${'ab'.repeat(32)},${Buffer.alloc(32).toString('base64')}`,
  });
  expect(decided.http.trustProxy).toEqual(['10.0.0.0/8', '::1']);
  expect(decided.http.corsOrigins).toEqual(['https://panel.example', 'http://localhost:5173']);
  expect(decided.egressAllow).toEqual([
    { kind: 'network', address: '192.168.1.0', bits: 24, port: null },
    { kind: 'network', address: '10.0.0.5', bits: 32, port: 8080 },
    { kind: 'network', address: '::1', bits: 128, port: null },
    { kind: 'network', address: 'fd00::5', bits: 128, port: 443 },
    { kind: 'host', host: 'nas.lan', port: 5000 },
    { kind: 'host', host: 'n8n', port: null },
  ]);
  expect(decided.whatsapp.version).toEqual([2, 3000, 1020000000]);
});

describe('the sandbox', () => {
  const keys = {
    WA_ENDPOINT: 'ws://127.0.0.1:9000/ws/chat',
    WA_ROOT_KEY: 'AB'.repeat(32),
    WA_MEDIA_ORIGIN: 'https://localhost:9443/',
  };

  it('takes its keys on the loopback', () => {
    expect(config({ ...keys, WA_SANDBOX: 'true' }).sandbox).toEqual({
      endpoint: 'ws://127.0.0.1:9000/ws/chat',
      rootKeyHex: 'ab'.repeat(32),
      mediaOrigin: 'https://localhost:9443',
      mediaCaFile: null,
    });
  });

  it.each([{}, { WA_SANDBOX: 'false' }])('refuses each of them outside: %o', (outside) => {
    expect(problemsOf({ ...keys, ...outside })).toEqual([
      'WA_ENDPOINT is allowed only with WA_SANDBOX=true',
      'WA_ROOT_KEY is allowed only with WA_SANDBOX=true',
      'WA_MEDIA_ORIGIN is allowed only with WA_SANDBOX=true',
    ]);
  });

  const cases: [string, string][] = [
    ['WA_ENDPOINT', 'wss://web.whatsapp.com/ws/chat'],
    ['WA_ENDPOINT', 'ws://127.0.0.1.evil.example/'],
    ['WA_ENDPOINT', 'ws://127.0.0.1@evil.example/'],
    ['WA_ENDPOINT', 'ws://10.0.0.1/'],
    ['WA_ENDPOINT', 'http://127.0.0.1/'],
    ['WA_ROOT_KEY', 'abcd'],
    ['WA_MEDIA_ORIGIN', 'https://127.0.0.1/path'],
    ['WA_MEDIA_ORIGIN', 'http://127.0.0.1'],
    ['WA_MEDIA_ORIGIN', 'https://mmg.whatsapp.net'],
    ['WA_MEDIA_CA', '/nonexistent.pem'],
    ['WA_MEDIA_CA', '/etc/hostname'],
  ];
  it.each(cases)('refuses %s=%s', (key, value) => {
    const [problem = ''] = problemsOf({ WA_SANDBOX: 'true', [key]: value });
    expect(problem).toMatch(new RegExp(`^${key} must be `));
  });

  it.each(['ws://localhost/', 'wss://127.8.9.10:1/x', 'ws://[::1]:5/'])('takes %s', (endpoint) => {
    expect(problemsOf({ WA_SANDBOX: '1', WA_ENDPOINT: endpoint })).toEqual([]);
  });
});

it('what is probably not meant is said', () => {
  const values = { DATABASE_URL: 'file:x.db', DB_HOST: 'h', DB_USER: 'u', DB_NAME: 'n', ROLE: 'api' };
  const { warnings } = createConfig({ ...environment(values), unknown: ['DASHBORD_PORT'] });
  expect(warnings).toEqual([
    expect.stringContaining('DASHBORD_PORT'),
    expect.stringContaining('DATABASE_URL is used'),
    expect.stringContaining('ROLE=api without REDIS_URL'),
  ]);
});

describe('secrets', () => {
  let dataDir = '';
  beforeAll(() => {
    dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'wafleet-secrets-')), 'data');
  });
  afterAll(() => rmSync(path.dirname(dataDir), { recursive: true }));

  it('the session secret is made once, for our eyes only', () => {
    const made = sessionSecret({ given: null, dataDir, random: systemRandom });
    const file = path.join(dataDir, 'session.secret');
    expect(made).toHaveLength(43);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe(made);
    expect(sessionSecret({ given: null, dataDir, random: systemRandom })).toBe(made);
  });

  it('the operator’s session secret wins and the file stays', () => {
    writeFileSync(path.join(dataDir, 'session.secret'), 'before');
    expect(sessionSecret({ given: 'mine', dataDir, random: systemRandom })).toBe('mine');
    expect(readFileSync(path.join(dataDir, 'session.secret'), 'utf8')).toBe('before');
  });

  it('each master key has a pepper of its own, which is not the key', () => {
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const peppers = apiKeyPeppers({ id: 'a', key, previous: [{ id: 'b', key: other }] });
    expect(peppers).toHaveLength(2);
    expect(peppers[0]).not.toEqual(peppers[1]);
    expect(peppers[0]).not.toEqual(key);
  });

  it('the start says which are configured, never what they are', () => {
    const values = { ADMIN_API_KEY: 'hunter2'.repeat(9), DB_PASSWORD: 'hunter2', HOST: 'localhost' };
    const shown = configuredSecrets(environment(values));
    expect(shown).toMatchObject({ ADMIN_API_KEY: 'yes', DB_PASSWORD: 'yes', MASTER_KEY: 'no' });
    expect(JSON.stringify(shown)).not.toMatch(/hunter2|localhost/);
  });
});
