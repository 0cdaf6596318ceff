import { expect, it } from 'vitest';
import { METRICS } from '../../src/metrics/metric-catalogue.ts';
import { dutiesOf } from '../../src/roles.ts';
import { codeOf, readText, tableRows } from './markdown.ts';

const rows = tableRows(readText('docs/operations.md'));

it('docs/operations.md lists every metric with its type and labels', () => {
  const documented = rows
    .filter(([name]) => codeOf(name).startsWith('wafleet_'))
    .map(([name, type, labels = '', tells]) => ({
      name: codeOf(name),
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      explained: Boolean(tells),
    }));
  const declared = Object.values(METRICS).map(({ name, type, labels }) => ({
    name,
    type,
    labels: [...labels],
    explained: true,
  }));
  expect(documented).toEqual(declared);
});

it('docs/operations.md says of every role what the code gives it', () => {
  const documented = Object.fromEntries(
    rows
      .filter(([role]) => /^`(all|devices|api|worker)`/.test(role ?? ''))
      .map(([role, sockets, api = '', workers]) => [
        codeOf(role),
        { sockets: sockets === 'yes', api: api.startsWith('all routes'), workers: workers === 'yes' },
      ]),
  );
  const roles = ['all', 'devices', 'api', 'worker'] as const;
  expect(documented).toEqual(Object.fromEntries(roles.map((role) => [role, dutiesOf(role)])));
});

it('the alerts are about metrics that exist', () => {
  const named = [...readText('docs/operations.md').matchAll(/wafleet_[a-z_]+/g)].map(([name]) => name);
  const known = new Set<string>(Object.values(METRICS).map(({ name }) => name));
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
