import { describe, expect, it } from 'vitest';
import { readText } from './markdown.ts';
import { currentOpenApi, OPENAPI_FILE } from './openapi-document.ts';

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly responses?: Readonly<Record<string, unknown>>;
}

const document: { openapi: string; paths: Record<string, Record<string, Operation>> } = JSON.parse(
  readText(OPENAPI_FILE),
);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

describe('docs/openapi.json', () => {
  it('is what the server answers (npm run openapi writes it)', async () => {
    expect(readText(OPENAPI_FILE)).toBe(await currentOpenApi());
  });

  it('says of every route who may call it and how it can fail', () => {
    const vague = operations.filter(
      ({ operation: { description = '', responses = {} } }) =>
        !/Needs (no key|the scope|a person who is signed in)/.test(description) ||
        !('4XX' in responses || '4xx' in responses),
    );
    expect(vague.map(({ name }) => name)).toEqual([]);
  });

  it('names every operation once', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(names).not.toContain(undefined);
    expect(names).toHaveLength(new Set(names).size);
  });
});
