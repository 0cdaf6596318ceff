/** The sizes a reader can take in at once (docs/architecture.md). */
export const BUDGETS = {
  fileLines: 300,
  /** Of a function by itself, and with the functions inside it (a factory of closures). */
  functionLines: 60,
  wholeFunctionLines: 150,
  /** Median and 90th percentile over src/ and workers/. */
  medianFileLines: 120,
  p90FileLines: 200,
  p90FunctionLines: 30,
} as const;

/** Tables of data, which no reader reads from top to bottom; each with its reason. */
export const DATA_TABLES: Readonly<Record<string, string>> = {
  'src/simulator/wire/tokens.ts': 'the token dictionary of the wire format',
};
