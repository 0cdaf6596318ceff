import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { codeRules } from './code-rules.ts';
import { folderDiagram, withDiagram } from './folder-diagram.ts';
import { edgesOf } from './import-graph.ts';
import { importRules } from './import-rules.ts';
import { readText } from './markdown.ts';
import { PROJECT_ROOT, parseSource, readSources } from './source-file.ts';

const architecture = readText('docs/architecture.md');

it('the diagram in docs/architecture.md is the one of the code (npm run diagram writes it)', () => {
  const diagram = folderDiagram(edgesOf(readSources(['src'])));
  expect(architecture).toBe(withDiagram(architecture, diagram));
});

it('the diagram shows an arrow per pair of folders, and folders that import only shared', () => {
  const sources = [
    parseSource(
      'src/devices/a.ts',
      "import '../whatsapp/a.ts'; import '../whatsapp/b.ts'; import '../shared/c.ts';",
    ),
    parseSource('src/config/a.ts', "import '../shared/c.ts';"),
    parseSource('src/app.ts', "import './devices/a.ts';"),
  ];
  expect(folderDiagram(edgesOf(sources)).split('\n').slice(2, -2)).toEqual([
    '  config',
    '  devices --> whatsapp',
  ]);
});

it('docs/architecture.md lists every rule that the house tests hold', () => {
  const rules = [...importRules({ dependencies: {} }), ...codeRules];
  expect(rules.map(({ name }) => name).filter((name) => !architecture.includes(name))).toEqual([]);
});

it('docs/architecture.md names every folder of src', () => {
  const folders = readdirSync(join(PROJECT_ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `  ${name}/`);
  expect(folders.filter((name) => !architecture.includes(name))).toEqual([]);
});

it('links between documents lead somewhere', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...markdownBelow('docs')];
  const broken = documents.flatMap((document) =>
    [...readText(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(join(PROJECT_ROOT, document, '..', target)))
      .map((target) => `${document} -> ${target}`),
  );
  expect(broken).toEqual([]);
});

function markdownBelow(folder: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}
