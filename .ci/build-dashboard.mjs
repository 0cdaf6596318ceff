// Makes dist/dashboard from src/dashboard/ui: one page, its parts with names made of their content, each compressed already.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib';
import { build } from 'vite';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const outDir = path.join(root, 'dist', 'dashboard');

const pagesOf = (...areas) => new RegExp(`/(pages|texts/..)/(${areas.join('|')})[./]`);

/**
 * Pages that people use together travel together: many small files weigh more than a few, each being compressed by itself.
 * A page of an area that is not named here is a file of its own.
 */
const groups = [
  {
    name: 'base',
    test: /\/ui\/(styles|components|lib|api)\/|\/texts\/(..\/)?common\.ts|\/node_modules\//,
  },
  { name: 'devices', test: pagesOf('devices', 'device', 'pair') },
  { name: 'sending', test: pagesOf('send', 'jobs', 'schedules') },
  { name: 'chats', test: pagesOf('chats', 'reports') },
  {
    name: 'admin',
    test: pagesOf('webhooks', 'people', 'system', 'sandbox', 'recipients', 'alerts'),
  },
];

await build({
  configFile: false,
  root: path.join(root, 'src', 'dashboard', 'ui'),
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // A script or picture inside the page or a style sheet would be refused by our content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
});

/** Below this a compressed copy saves nothing. In bytes. */
const WORTH = 512;
for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(html|js|css|svg)$/.test(entry.name)) continue;
  const file = path.join(entry.parentPath, entry.name);
  const content = readFileSync(file);
  if (content.length < WORTH) continue;
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [zlib.BROTLI_PARAM_QUALITY]: 11 } }));
}
