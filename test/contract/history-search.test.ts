import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Position } from '../../src/reports/history.ts';
import type { SearchFilter } from '../../src/reports/search-filter.ts';
import { createSearchRepository, type SearchRepository } from '../../src/reports/search-repository.ts';
import { readSearchTerms } from '../../src/reports/search-terms.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { writeHistory } from '../support/reports.ts';

describeOnEachDatabase('searching history', (open) => {
  let database: Database;
  let search: SearchRepository;
  const filterOf = (text: string, more: Partial<SearchFilter> = {}): SearchFilter => ({
    terms: readSearchTerms(text),
    devices: null,
    range: { from: null, to: null },
    ...more,
  });
  const find = async (text: string, more: Partial<SearchFilter> = {}) => {
    const filter = filterOf(text, more);
    const found = await search.slice(filter, { order: 'desc', offset: 0, limit: 50 });
    expect(await search.count(filter, 1_000)).toBe(found.length);
    return found.map(({ id }) => id);
  };
  const change = (text: string, ...params: (string | null)[]) => database.run({ text, params });

  beforeAll(async () => {
    database = await open();
    search = createSearchRepository({ database });
  });

  describe('words', () => {
    beforeAll(async () => {
      const texts = [
        'Pesanan dua kopi di Café Déjà-Vu, ok?',
        'PESANAN teh_manis hijau',
        "don't forget the invoice",
        'ini tidak ada hubungannya',
        'สวัสดีครับ',
        'about the order',
        '50% off!!! *harga* "miring"',
        null,
        '🎉🎉🎉',
      ];
      const rows = texts.map((text, index) => ({ id: `w${index}`, at: `2026-03-01T00:00:0${index}Z`, text }));
      await writeHistory(database, rows);
    });

    it.each<[string, string[]]>([
      ['pesanan', ['w1', 'w0']],
      ['PeSaNaN', ['w1', 'w0']],
      ['pesan', ['w1', 'w0']],
      ['esanan', []],
      ['cafe', ['w0']],
      ['CAFÉ', ['w0']],
      ['deja vu', ['w0']],
      ['pesanan kopi', ['w0']],
      ['kopi pesanan ok', ['w0']],
      ['pesanan no', []],
      ['manis', ['w1']],
      ['forget don', ['w2']],
      ['about', ['w5']],
      ['the order', ['w5']],
      ['สวัสดี', ['w4']],
      ['harga miring', ['w6']],
      ['tidak', ['w3']],
    ])('%j', async (text, ids) => {
      expect(await find(text)).toEqual(ids);
    });

    it.each([
      'pesanan) OR (teh',
      '"pesanan',
      'pesanan*"',
      'text : pesanan',
      '-pesanan +teh',
      'pesanan NOT kopi',
      'NEAR(pesanan kopi, 1)',
      'pesanan ^kopi',
      'pesanan @5',
      '>pesanan <kopi ~teh',
      '\\pesanan\\',
      "pesanan' or '1'='1",
      '%_% pesanan',
      'pesanan{kopi}',
      'pesanan\u0000kopi',
      'device : 64657631',
    ])('%j is no operator and no error', async (text) => {
      const ids = await find(text);
      expect(ids.every((id) => ['w0', 'w1', 'w2'].includes(id))).toBe(true);
    });
  });

  it('knows of an edit, a revocation and an erasure at once', async () => {
    await writeHistory(database, [{ id: 'e1', at: '2026-03-02T00:00:00Z', text: 'rahasia besar' }]);
    expect(await find('rahasia')).toEqual(['e1']);
    await change("update history_message set text = ? where id = 'e1'", 'sudah diganti');
    expect(await find('rahasia')).toEqual([]);
    expect(await find('diganti')).toEqual(['e1']);
    await change("update history_message set status = ? where id = 'e1'", 'read');
    expect(await find('diganti')).toEqual(['e1']);
    await change("update history_message set text = ? where id = 'e1'", null);
    expect(await find('diganti')).toEqual([]);
    await change("update history_message set text = ? where id = 'e1'", 'kembali lagi');
    expect(await find('kembali')).toEqual(['e1']);
    await change("delete from history_message where id = 'e1'");
    expect(await find('kembali')).toEqual([]);
  });

  it('keeps no erased word, where the file can be looked into', async () => {
    if (database.dialect === 'mysql') return;
    await writeHistory(database, [{ id: 's1', at: '2026-03-02T00:00:01Z', text: 'xylofonkonzert' }]);
    const held = async () => {
      const rows = await database.query<{ block: Buffer }>({
        text: 'select block from history_search_data',
        params: [],
      });
      return rows.some(({ block }) => block.includes('xylofonkonzert'));
    };
    expect(await held()).toBe(true);
    await change("update history_message set text = null where id = 's1'");
    expect(await held()).toBe(false);
  });

  it('pages in the order of time, also within one second and past messages that are gone', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({
      id: `p${String((index * 17) % 40).padStart(2, '0')}`,
      at: new Date(Date.parse('2026-03-03T00:00:00Z') + Math.floor(index / 8) * 1_000).toISOString(),
      text: 'halaman',
    }));
    await writeHistory(database, rows);
    for (const order of ['asc', 'desc'] as const) {
      const seen: Position[] = [];
      for (let after: Position | undefined; ; after = seen.at(-1)) {
        const found = await search.slice(filterOf('halaman'), { order, after, offset: 0, limit: 7 });
        seen.push(...found.map(({ id, timestamp }) => ({ id, at: timestamp })));
        if (found.length < 7) break;
      }
      expect(seen.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort());
      const times = seen.map(({ at }) => at.getTime());
      expect(times).toEqual(times.toSorted((one, other) => (order === 'asc' ? one - other : other - one)));
    }
    const [first] = await search.slice(filterOf('halaman'), { order: 'desc', offset: 0, limit: 1 });
    await change('delete from history_message where id = ?', first?.id ?? '');
    const after = first && { id: first.id, at: first.timestamp };
    const rest = await search.slice(filterOf('halaman'), { order: 'desc', after, offset: 0, limit: 50 });
    expect(new Set(rest.map(({ id }) => id)).size).toBe(39);
    expect(await search.count(filterOf('halaman'), 10)).toBe(10);
  });

  it('keeps to devices, dates, directions and numbers', async () => {
    await writeHistory(database, [
      {
        id: 'f1',
        at: '2026-03-04T00:00:00Z',
        text: 'saringan',
        deviceId: 'one',
        direction: 'out',
        other: '62812777',
      },
      { id: 'f2', at: '2026-03-05T00:00:00Z', text: 'saringan', deviceId: 'one' },
      { id: 'f3', at: '2026-03-05T00:00:00.500Z', text: 'saringan', deviceId: 'One' },
      { id: 'f4', at: '2026-03-06T00:00:00Z', text: 'saringan', deviceId: 'two' },
    ]);
    const day = (from: string, to: string) => ({ range: { from: new Date(from), to: new Date(to) } });
    expect(await find('saringan')).toEqual(['f4', 'f3', 'f2', 'f1']);
    expect(await find('saringan', { devices: ['one'] })).toEqual(['f2', 'f1']);
    expect(await find('saringan', { devices: ['two', 'One'] })).toEqual(['f4', 'f3']);
    expect(await find('saringan', { devices: [] })).toEqual([]);
    expect(await find('saringan', day('2026-03-05T00:00:00Z', '2026-03-05T00:00:00.500Z'))).toEqual(['f2']);
    expect(await find('saringan', { direction: 'out' })).toEqual(['f1']);
    expect(await find('saringan', { number: '62812777' })).toEqual(['f1']);
  });

  it('finds common and rare words alike among thousands', async () => {
    const rows = Array.from({ length: 4_000 }, (_, index) => ({
      id: `c${String(index).padStart(4, '0')}`,
      at: new Date(Date.parse('2026-04-01T00:00:00Z') + index * 1_000).toISOString(),
      text: `umum ${index % 1_000 === 0 ? 'langka' : 'biasa'}`,
    }));
    await writeHistory(database, rows);
    const slice = { order: 'desc', offset: 0, limit: 60 } as const;
    const common = await search.slice(filterOf('umum'), slice);
    expect(common.map(({ id }) => id)).toEqual(
      rows
        .map(({ id }) => id)
        .toReversed()
        .slice(0, 60),
    );
    const rare = await search.slice(filterOf('langka'), slice);
    expect(rare.map(({ id }) => id)).toEqual(['c3000', 'c2000', 'c1000', 'c0000']);
    expect(await search.count(filterOf('umum'), 500)).toBe(500);
    expect(await search.count(filterOf('umum'), 10_000)).toBe(4_000);
    expect(await search.count(filterOf('langka umum'), 500)).toBe(4);
  });
});
