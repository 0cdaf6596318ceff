import type { ApiKey, ApiKeyRepository } from '../../src/access/api-key.ts';

/** Keys in memory, counting what was asked, so that a test can see that the cache spares the database. */
export function createMemoryApiKeys() {
  const rows = new Map<string, ApiKey>();
  const asked = { find: 0 };
  const repository: ApiKeyRepository = {
    async find(id) {
      asked.find += 1;
      return rows.get(id) ?? null;
    },
    list: async () => [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    async add(key) {
      if (rows.has(key.id)) return false;
      rows.set(key.id, key);
      return true;
    },
    async update(id, changes) {
      const row = rows.get(id);
      if (!row) return false;
      rows.set(id, { ...row, ...changes });
      return true;
    },
  };
  return { repository, rows, asked };
}
