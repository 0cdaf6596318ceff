import { describe, expect, it } from 'vitest';
import { BUDGETS, DATA_TABLES } from './budgets.ts';
import { anyUses, functionLengths, percentile } from './measures.ts';
import { parseSource, readSources } from './source-file.ts';

const sources = readSources(['src', 'workers', 'test', 'bench', 'prisma', '.ci']);
const measured = sources.filter(({ path }) => !(path in DATA_TABLES));
const product = measured.filter(({ path }) => /^(src|workers)\//.test(path));

describe('the budgets', () => {
  it(`no file is longer than ${BUDGETS.fileLines} lines`, () => {
    const tooLong = measured.filter(({ lines }) => lines > BUDGETS.fileLines);
    expect(tooLong.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it(`no function is longer than ${BUDGETS.functionLines} lines`, () => {
    const tooLong = measured.flatMap(functionLengths).filter(({ lines }) => lines > BUDGETS.functionLines);
    expect(tooLong.map(({ where, lines }) => `${where}: ${lines}`)).toEqual([]);
  });

  it('nothing is any', () => {
    expect(sources.flatMap(anyUses)).toEqual([]);
  });

  it('most files and functions are far below the limits', () => {
    const files = product.map(({ lines }) => lines);
    const functions = product.flatMap(functionLengths).map(({ lines }) => lines);
    expect.soft(percentile(files, 0.5), 'median file').toBeLessThanOrEqual(BUDGETS.medianFileLines);
    expect.soft(percentile(files, 0.9), 'p90 file').toBeLessThanOrEqual(BUDGETS.p90FileLines);
    expect.soft(percentile(functions, 0.9), 'p90 function').toBeLessThanOrEqual(BUDGETS.p90FunctionLines);
  });

  it('exempts only files that exist', () => {
    const paths = sources.map(({ path }) => path);
    expect(Object.keys(DATA_TABLES).filter((path) => !paths.includes(path))).toEqual([]);
  });
});

describe('the measures', () => {
  it('count the lines of functions, the nested ones too, but not of describe blocks', () => {
    const text = 'describe("x", () => {\n  const f = () => {\n    g(function h() {\n    });\n  };\n});\n';
    const lengths = functionLengths(parseSource('a.ts', text));
    expect(lengths.map(({ lines }) => lines).sort()).toEqual([2, 4]);
  });

  it('find any, but not in a text', () => {
    expect(anyUses(parseSource('a.ts', "const a: any = 1;\nconst b = 'any'; // any\n"))).toEqual(['a.ts:1']);
  });

  it('count whole-line comments', () => {
    const { commentLines, lines } = parseSource('a.ts', '/** a\n * b */\nconst c = 1; // d\n// e\n');
    expect({ commentLines, lines }).toEqual({ commentLines: 3, lines: 4 });
  });
});
