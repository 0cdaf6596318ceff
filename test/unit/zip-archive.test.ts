import { describe, expect, it } from 'vitest';
import { readZip } from '../../src/whatsapp/zip-archive.ts';
import { type ZipEntry, zipOf } from '../support/zip.ts';

const LIMITS = { entries: 5, fileBytes: 1_000, totalBytes: 1_500 };
const text = (words: string) => Buffer.from(words);

async function namesIn(archive: Buffer): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, bytes } of readZip(archive, LIMITS)) found.push(`${name}=${bytes}`);
  return found;
}

describe('a zip', () => {
  it('gives its files, packed or stored, with a comment behind it', async () => {
    const archive = zipOf([
      { name: 'a.json', bytes: text('one') },
      { name: 'b.json', bytes: text('two'), method: 0 },
      { name: 'c.json' },
    ]);
    expect(await namesIn(archive)).toEqual(['a.json=one', 'b.json=two', 'c.json=']);
    const commented = Buffer.concat([archive, text('hello')]);
    commented.writeUInt16LE(5, archive.length - 2);
    expect(await namesIn(commented)).toEqual(['a.json=one', 'b.json=two', 'c.json=']);
  });

  it('may have one folder around everything', async () => {
    const folder = { name: 'session/', mode: 0o040755 };
    expect(await namesIn(zipOf([folder, { name: 'session/a.json', bytes: text('one') }]))).toEqual([
      'a.json=one',
    ]);
  });

  it.each<[string, readonly ZipEntry[], string]>([
    ['a way up', [{ name: '../a.json' }], 'path'],
    ['a way up inside', [{ name: 'x/../../a.json' }], 'path'],
    ['an absolute path', [{ name: '/etc/passwd' }], 'path'],
    ['a path of Windows', [{ name: '..\\a.json' }], 'path'],
    ['a NUL', [{ name: 'a\0.json' }], 'path'],
    ['an empty name', [{ name: '' }], 'path'],
    ['two folders', [{ name: 'x/a.json' }, { name: 'y/b.json' }], 'path'],
    ['a folder in the folder', [{ name: 'x/a.json' }, { name: 'x/y/b.json' }], 'path'],
    ['a symbolic link', [{ name: 'a.json', bytes: text('/etc/passwd'), mode: 0o120777 }], 'link'],
    ['a device', [{ name: 'a.json', mode: 0o020666 }], 'link'],
    ['one name twice', [{ name: 'a.json' }, { name: 'a.json' }], 'twice'],
    ['two faces', [{ name: 'a.json', localName: 'b.json' }], 'damaged'],
    ['an encrypted file', [{ name: 'a.json', flags: 1 }], 'encrypted'],
    ['an unknown packing', [{ name: 'a.json', method: 14 }], 'packed'],
    ['a wrong checksum', [{ name: 'a.json', bytes: text('one'), checksum: 1 }], 'damaged'],
    ['a file longer than declared', [{ name: 'a.json', bytes: Buffer.alloc(900), size: 10 }], 'declares'],
    ['a file shorter than declared', [{ name: 'a.json', bytes: text('one'), size: 10 }], 'damaged'],
    ['a large file', [{ name: 'a.json', bytes: Buffer.alloc(1_001) }], 'too large'],
    [
      'large files together',
      [
        { name: 'a.json', bytes: Buffer.alloc(900) },
        { name: 'b.json', bytes: Buffer.alloc(900) },
      ],
      'too large',
    ],
    ['many files', [...'abcdef'].map((name) => ({ name })), 'more than'],
  ])('with %s is refused', async (_, entries, why) => {
    await expect(namesIn(zipOf(entries))).rejects.toThrow(why);
  });

  it('cut anywhere, or with any byte changed, is refused or says the same', async () => {
    const archive = zipOf([{ name: 'a.json', bytes: text('one') }]);
    for (let length = 0; length < archive.length; length += 1) {
      await expect(namesIn(archive.subarray(0, length))).rejects.toThrow(/damaged/);
    }
    for (let at = 0; at < archive.length; at += 1) {
      const changed = Buffer.from(archive);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const said = await namesIn(changed).catch((error: unknown) =>
        error instanceof Error ? error.name : '',
      );
      expect(['ZipError', ['a.json=one']], `byte ${at}`).toContainEqual(said);
    }
  });
});
