import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderDiagram, withDiagram } from './folder-diagram.ts';
import { edgesOf } from './import-graph.ts';
import { readText } from './markdown.ts';
import { PROJECT_ROOT, readSources } from './source-file.ts';

const DOCUMENT = 'docs/architecture.md';

const diagram = folderDiagram(edgesOf(readSources(['src'])));
writeFileSync(join(PROJECT_ROOT, DOCUMENT), withDiagram(readText(DOCUMENT), diagram));
