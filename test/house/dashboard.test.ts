import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from './source-file.ts';

const BUILT = join(PROJECT_ROOT, 'dist/dashboard');
/** All pages together, as they travel. In bytes. */
const MAX_BYTES = 150 * 1024;

/** What was built, without the compressed copies. */
function parts(): { name: string; content: Buffer }[] {
  return readdirSync(BUILT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(gz|br)$/.test(entry.name))
    .map(({ parentPath, name }) => ({ name, content: readFileSync(join(parentPath, name)) }));
}

describe('the built pages (node .ci/prepare.mjs builds them)', () => {
  it(`weigh at most ${MAX_BYTES} bytes, compressed, all of them together`, () => {
    const total = parts().reduce((sum, { content }) => sum + gzipSync(content, { level: 9 }).length, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('need nothing from elsewhere and nothing that the content security policy refuses', () => {
    const page = readFileSync(join(BUILT, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(addresses.length).toBeGreaterThan(1);
    expect(addresses.filter((address) => !existsSync(join(BUILT, address)))).toEqual([]);
    const styles = parts().filter(({ name }) => name.endsWith('.css'));
    expect(styles.filter(({ content }) => /url\(|@import/.test(content.toString()))).toEqual([]);
  });

  it('have a compressed copy of every part worth it', () => {
    const bare = parts().filter(
      ({ name, content }) => /\.(js|css|html)$/.test(name) && content.length >= 512,
    );
    const names = readdirSync(BUILT, { recursive: true, encoding: 'utf8' }).map((name) =>
      name.split('/').at(-1),
    );
    expect(bare.filter(({ name }) => !names.includes(`${name}.gz`) || !names.includes(`${name}.br`))).toEqual(
      [],
    );
  });
});
