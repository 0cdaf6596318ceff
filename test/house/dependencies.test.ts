import { describe, expect, it } from 'vitest';
import { readText } from './markdown.ts';

type Versions = Readonly<Record<string, string>>;

interface Package {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

const manifest: Package & { overrides: Versions; scripts: Versions; engines: Versions } = JSON.parse(
  readText('package.json'),
);
const lock: { packages: Record<string, Package> } = JSON.parse(readText('package-lock.json'));
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

const EXACT = /^\d+\.\d+\.\d+(-[\w.-]+)?$/;
const FREE =
  /^(MIT( OR Apache-2\.0)?|MIT and ISC|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|Unlicense)$/;
/** Installed packages that forgot the field; their repositories say MIT. */
const NO_LICENCE_FIELD = ['seq-queue'];

describe('package.json', () => {
  it('names exact versions only', () => {
    const { dependencies, devDependencies, optionalDependencies, overrides } = manifest;
    const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides };
    const loose = Object.entries(wanted).filter(
      ([, version]) => !EXACT.test(version) && !/^\$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('keeps Baileys at the release that was read and tested', () => {
    expect(manifest.dependencies?.['@whiskeysockets/baileys']).toBe('7.0.0-rc14');
  });

  it('prepares before every command of the README and ends servers with exec, so that SIGTERM arrives', () => {
    for (const name of ['start', 'sandbox', 'cli', 'bench', 'test', 'check']) {
      expect(manifest.scripts[`pre${name}`], name).toBe('node .ci/prepare.mjs');
    }
    for (const name of ['start', 'sandbox', 'cli', 'bench']) {
      expect(manifest.scripts[name], name).toMatch(/^exec node \S+\.ts$/);
    }
  });
});

describe('package-lock.json', () => {
  it('is in step with package.json', () => {
    const root = lock.packages[''];
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'] as const) {
      expect(root?.[kind], kind).toEqual(manifest[kind]);
    }
    const direct = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    };
    const versions = Object.keys(direct).map((name) => [
      name,
      lock.packages[`node_modules/${name}`]?.version,
    ]);
    expect(Object.fromEntries(versions)).toEqual(direct);
  });

  it('records no addresses, and takes nothing from git, a web address or a folder', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
    const wanted = installed.flatMap(([, entry]) => [
      ...Object.values(entry.dependencies ?? {}),
      ...Object.values(entry.optionalDependencies ?? {}),
    ]);
    expect(wanted.filter((version) => /^(git|http|file|link|github:)|\//.test(version))).toEqual([]);
  });

  it('holds no package that fetches addresses out of message texts', () => {
    expect(installed.filter(([path]) => nameOf(path) === 'link-preview-js')).toEqual([]);
  });

  it('has the bundled Node for both kinds of Linux machine, in the version of .node-version', () => {
    const version = readText('.node-version').trim();
    for (const arch of ['x64', 'arm64']) {
      expect(lock.packages[`node_modules/node-linux-${arch}`]?.version).toBe(version);
    }
  });
});

describe('licences', () => {
  it('NOTICE names every production package whose licence has conditions', () => {
    const notice = readText('NOTICE');
    const unnamed = installed
      .filter(
        ([path, { dev, license }]) =>
          !dev && !NO_LICENCE_FIELD.includes(nameOf(path)) && !FREE.test(license ?? ''),
      )
      .map(([path, { license }]) => ({ name: nameOf(path), license }))
      .filter(({ name }) => !notice.includes(name) && !name.startsWith('@img/sharp-'));
    expect(unnamed).toEqual([]);
  });

  it('README and NOTICE say that libsignal is under GPL-3.0, and ours is MIT', () => {
    for (const file of ['README.md', 'NOTICE']) {
      expect(readText(file), file).toMatch(/libsignal[\s\S]*GPL-3\.0/);
      expect(readText(file), file).toContain('MIT');
    }
    expect(readText('LICENSE')).toMatch(/^MIT License\n/);
  });
});
