import { expect, it } from 'vitest';
import type { Database, Statement } from '../../src/database/database.ts';
import { createHistoryRepository } from '../../src/history/history-repository.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const ANA = 'ana' as DeviceId;
const IDS = ['3A01', '3A02'] as WaMessageId[];

/** Asked with every message that comes in: each has to find it by its id, however much the device has. */
describeOnEachDatabase('what is looked up for a received message', (open) => {
  it('is found by its id', async () => {
    const database = await open();
    const asked: Statement[] = [];
    const listening: Database = {
      ...database,
      query(statement) {
        asked.push(statement);
        return database.query(statement);
      },
    };
    const repository = createHistoryRepository({ database: listening });
    await repository.receivedUnder(ANA, IDS);
    await repository.keptAmong(ANA, IDS);
    const explain = database.dialect === 'sqlite' ? 'explain query plan' : 'explain';
    const indexes: string[] = [];
    for (const { text, params } of asked) {
      const plan = await database.query<{ detail?: string; key?: string }>({
        text: `${explain} ${text}`,
        params,
      });
      indexes.push(...plan.flatMap(({ detail, key }) => detail ?? key ?? []));
    }
    expect(indexes).toHaveLength(2);
    for (const index of indexes) expect(index).toContain('wa_message_id_idx');
  });
});
