import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createHistoryRepository } from '../../src/reports/history-repository.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import {
  expectGoodPlan,
  PAGE_SHAPES,
  planOf,
  SUM_SHAPES,
  searchStatements,
} from '../support/history-plans.ts';
import { fillHistory } from '../support/history-rows.ts';

/** Enough for a planner to prefer a wrong index where it is let; `npm run long` asks the same of a million. */
const MESSAGES = 40_000;

describeOnEachDatabase('the plan of', (open) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
    await fillHistory(database, MESSAGES);
  });

  it.each(PAGE_SHAPES)('$name', (shape) => expectGoodPlan(database, shape));
  it.each(SUM_SHAPES)('$name', (shape) => expectGoodPlan(database, shape));

  it('a search begins with the index of words', async () => {
    const statements = await searchStatements(database);
    const explain = open.dialect === 'sqlite' ? 'explain query plan' : 'explain';
    const plans = await Promise.all(
      statements.map(({ text, params }) => database.query<object>({ text: `${explain} ${text}`, params })),
    );
    const told = JSON.stringify(plans);
    if (open.dialect === 'sqlite') expect(told).toContain('SCAN history_search VIRTUAL TABLE INDEX');
    else expect(told).toContain('"key":"history_message_search_idx"');
    expect(told).not.toMatch(/"SCAN (m|history_message|k)"|"table":"(m|history_message)","type":"ALL"/);
  });

  it('a question that no index was made for is seen as such', async () => {
    const all = await createHistoryRepository({ database }).count({
      subject: { kind: 'everybody' },
      devices: null,
      range: { from: null, to: null },
    });
    expect(all).toBe(MESSAGES);
    const text = "select id from history_message where push_name = 'x' order by push_name limit 5";
    expect((await planOf(database, { text, params: [] }))[0]).toMatchObject({ isBounded: false });
  });
});
