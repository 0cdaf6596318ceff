import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_KEYS } from '../../src/config/config-keys.ts';
import { readText } from './markdown.ts';
import { PROJECT_ROOT } from './source-file.ts';

const keys: readonly string[] = CONFIG_KEYS.map(({ name }) => name);
const dockerfile = readText('Dockerfile');
const compose = readText('docker-compose.yml');

/** The instructions of the last stage, which is what ships. */
const shipped = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ') + 1).split('\n');

describe('the Dockerfile', () => {
  it('ships on Node 24, as an ordinary user, with a volume and a health check', () => {
    expect(dockerfile.match(/^FROM \S+/gm)).toEqual(Array(3).fill('FROM node:24-bookworm-slim'));
    expect(shipped.indexOf('USER node')).toBeGreaterThan(
      shipped.findLastIndex((line) => line.startsWith('COPY ')),
    );
    expect(shipped).toContain('VOLUME /data');
    expect(shipped.join('\n')).toMatch(/HEALTHCHECK [^\n]*\\\n {2}CMD \[.*\/health/);
    expect(shipped).toContain('CMD ["node", "src/main.ts"]');
  });

  it('copies only what exists and what .dockerignore lets in', () => {
    const allowed =
      readText('.dockerignore')
        .match(/^!\S+/gm)
        ?.map((line) => line.slice(1)) ?? [];
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, names = '']) =>
      names.split(' ').slice(0, -1),
    );
    expect(copied.length).toBeGreaterThan(0);
    expect(copied.filter((name) => !existsSync(join(PROJECT_ROOT, name)))).toEqual([]);
    expect(copied.filter((name) => !allowed.includes(name.split('/')[0] ?? ''))).toEqual([]);
  });

  it('sets only keys that exist', () => {
    const set = [...(/^ENV (.+)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/([A-Z_]+)=/g)].map(
      ([, name]) => name ?? '',
    );
    expect(set.filter((name) => name !== 'NODE_ENV' && !keys.includes(name))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  const blocks = new Map(
    compose
      .slice(compose.indexOf('\nservices:\n') + 1, compose.indexOf('\nvolumes:\n'))
      .split(/\n(?= {2}\w+:\n)/)
      .slice(1)
      .map((block) => [/^ {2}(\w+):/.exec(block)?.[1] ?? '', block]),
  );

  it('has the server, a database and Redis, each with a volume that is declared', () => {
    expect([...blocks.keys()]).toEqual(['wafleet', 'worker', 'database', 'redis']);
    const declared = [...compose.slice(compose.indexOf('\nvolumes:\n')).matchAll(/^ {2}(\w+):$/gm)].map(
      ([, name]) => name,
    );
    const used = [...compose.matchAll(/^ {6}- (\w+):\//gm)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(declared.sort());
  });

  it('runs workers of their own only when asked to, with what the server is given', () => {
    const worker = blocks.get('worker') ?? '';
    expect(worker).toContain('    profiles: [worker]\n');
    expect(worker).toContain("    command: ['node', 'workers/main.ts']\n");
    expect(worker).toContain('      <<: *environment\n      ROLE: worker\n');
    expect(worker).not.toContain('ports:');
  });

  it('checks the health of both services, and starts the server after them', () => {
    for (const name of ['database', 'redis']) {
      expect(blocks.get(name), name).toContain('    healthcheck:\n');
      expect(blocks.get('wafleet'), name).toContain(`      ${name}:\n        condition: service_healthy\n`);
    }
  });

  it('takes MySQL by changing one variable, and has no password of its own', () => {
    expect(blocks.get('database')).toMatch(/image: \$\{DATABASE_IMAGE:-mariadb:/);
    const passwords = compose.match(/^ +\w*PASSWORD: .*$/gm) ?? [];
    expect(passwords.filter((line) => !/(:\?|RANDOM_ROOT)/.test(line))).toEqual([]);
  });

  it('gives the server only keys that exist', () => {
    const given = [...(blocks.get('wafleet') ?? '').matchAll(/^ {6}([A-Z_]+): /gm)].map(
      ([, name]) => name ?? '',
    );
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => !keys.includes(name))).toEqual([]);
  });

  it('is reachable from this machine only', () => {
    const published = [...compose.matchAll(/^ {4}ports:\n((?: {6}- .*\n)+)/gm)].map(
      ([, lines]) => lines ?? '',
    );
    expect(published).toHaveLength(1);
    expect(published.join('')).toMatch(/^ {6}- '127\.0\.0\.1:/);
  });
});
