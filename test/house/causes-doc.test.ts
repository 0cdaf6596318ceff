import { expect, it } from 'vitest';
import { codeOf, readText, tableRows } from './markdown.ts';
import { parseSource, visit } from './source-file.ts';

const PATH = 'src/devices/device-cause.ts';

it('docs/causes.md explains every cause a device can show', () => {
  const documented = tableRows(readText('docs/causes.md')).map(([code]) => codeOf(code));
  expect(documented.sort()).toEqual(declaredCauses().sort());
});

/** The keys of the table of sentences, which the compiler keeps complete. */
function declaredCauses(): string[] {
  const codes: string[] = [];
  visit(parseSource(PATH, readText(PATH)), {
    VariableDeclarator({ id, init }) {
      if (id.type !== 'Identifier' || id.name !== 'SENTENCES' || init?.type !== 'ObjectExpression') return;
      for (const property of init.properties) {
        if (property.type === 'Property' && property.key.type === 'Identifier') codes.push(property.key.name);
      }
    },
  });
  return codes;
}
