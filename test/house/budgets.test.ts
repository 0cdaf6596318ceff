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
    const tooLong = measured.flatMap(functionLengths).filter(({ own }) => own > BUDGETS.functionLines);
    expect(tooLong.map(({ where, own }) => `${where}: ${own}`)).toEqual([]);
  });

  it(`no factory is longer than ${BUDGETS.wholeFunctionLines} lines with its closures`, () => {
    const tooLong = product
      .flatMap(functionLengths)
      .filter(({ whole }) => whole > BUDGETS.wholeFunctionLines);
    expect(tooLong.map(({ where, whole }) => `${where}: ${whole}`)).toEqual([]);
  });

  it('nothing is any', () => {
    expect(sources.flatMap(anyUses)).toEqual([]);
  });

  it('most files and functions are far below the limits', () => {
    const files = product.map(({ lines }) => lines);
    const functions = product.flatMap(functionLengths).map(({ own }) => own);
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
  it('count the lines of a function with and without those inside it', () => {
    const text = 'const create = () => {\n  return {\n    f() {\n      a();\n      b();\n    },\n  };\n};\n';
    expect(functionLengths(parseSource('a.ts', text))).toEqual([
      { where: 'a.ts:1', whole: 8, own: 6 },
      { where: 'a.ts:3', whole: 4, own: 4 },
    ]);
  });

  it('leave describe blocks out, but not the tests in them', () => {
    const text = 'describe("x", () => {\n  it("y", () => {\n    a();\n  });\n});\n';
    expect(functionLengths(parseSource('a.ts', text)).map(({ where }) => where)).toEqual(['a.ts:2']);
  });

  it('find any, but not in a text', () => {
    expect(anyUses(parseSource('a.ts', "const a: any = 1;\nconst b = 'any'; // any\n"))).toEqual(['a.ts:1']);
  });

  it('count whole-line comments', () => {
    const { commentLines, lines } = parseSource('a.ts', '/** a\n * b */\nconst c = 1; // d\n// e\n');
    expect({ commentLines, lines }).toEqual({ commentLines: 3, lines: 4 });
  });
});
