import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

const LISTS = '/api/whatsapp/recipient-lists';

interface Report {
  readonly columns: object;
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly existing: number;
  readonly invalid: number;
  readonly added: number;
  readonly bad: readonly { line: number; column: string | null; code: string }[];
  readonly list: { readonly members: number };
}
interface Member {
  readonly name: string;
  readonly number: string;
  readonly fields: object;
}

let server: TestServer;
let listId = 0;
let lists = 0;

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_PER_MINUTE: '0' } });
});
afterAll(() => server.stop());
beforeEach(async () => {
  lists += 1;
  const made = await server.api.post<{ id: number }>(LISTS, { name: `list ${lists}` });
  listId = expectOk(made).data.id;
});

const importTable = (table: string | Uint8Array<ArrayBuffer>, query = '', type = 'text/csv') =>
  server.api.call<Report>({
    method: 'POST',
    path: `${LISTS}/${listId}/import?${query}`,
    raw: table,
    headers: { 'content-type': type },
  });
const importForm = async (table: string, fields: Readonly<Record<string, string>>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([table]), 'people.csv');
  const body = new Response(form);
  const type = body.headers.get('content-type') ?? '';
  return importTable(new Uint8Array(await body.arrayBuffer()), '', type);
};
const members = async () => {
  const { data } = await server.api.get<{ items: Member[] }>(`${LISTS}/${listId}/members?pageSize=500`);
  return data.items.map(({ name, number, fields }) => ({ name, number, fields }));
};

describe('a table of people', () => {
  it('becomes recipients on the list, with its other columns as fields', async () => {
    const table =
      '\ufeffName,Phone,city,First name\r\n"Dewi, S.",0813-7777-0001,Bandung,D\r\nEka,+62 813 7777 0002,,E\r\n';
    const { status, data } = await importTable(table);
    expect(status).toBe(200);
    expect(data).toMatchObject({
      columns: { number: 'Phone', name: 'Name', fields: ['city'] },
      rows: 2,
      created: 2,
      invalid: 0,
      added: 2,
      bad: [],
      list: { members: 2 },
    });
    expect(await members()).toEqual([
      { name: 'Dewi, S.', number: '6281377770001', fields: { city: 'Bandung' } },
      { name: 'Eka', number: '6281377770002', fields: {} },
    ]);
    const again = await importTable(table);
    expect(again.data).toMatchObject({ created: 0, existing: 2, added: 0, list: { members: 2 } });
  });

  it('is taken as a form, with its columns named', async () => {
    const table = 'Kontak;Siapa;kode;lain\n081377770011;Fitri;A1;x\n081377770012;Gita;B2;y';
    const fields = {
      number_column: 'kontak',
      name_column: 'Siapa',
      field_columns: 'kode',
      on_existing: 'update',
    };
    const { status, data, text } = await importForm(table, fields);
    expect(status, text).toBe(200);
    expect(data).toMatchObject({
      columns: { number: 'Kontak', name: 'Siapa', fields: ['kode'] },
      created: 2,
    });
    const changed = await importForm('Kontak;Siapa\n081377770011;Fitri R.', fields).then(({ code }) => code);
    expect(changed).toBe('VALIDATION_FAILED');
    const { field_columns: _, ...others } = fields;
    expect((await importForm('Kontak;Siapa\n081377770011;Fitri R.', others)).data).toMatchObject({
      updated: 1,
    });
    expect((await members())[0]).toMatchObject({ name: 'Fitri R.', number: '6281377770011' });
  });

  it('may have numbers alone, and then changes nobody’s name', async () => {
    const { data } = await importTable('nomor\n081377770021\n081377770022');
    expect(data).toMatchObject({ columns: { name: null }, created: 2 });
    expect((await members()).map(({ name }) => name)).toEqual(['081377770021', '081377770022']);
    expect(await importTable('nomor\n081377770021', 'on_existing=update')).toMatchObject({
      status: 400,
      details: { field: 'name_column' },
    });
  });

  it('tells of each bad row what is wrong with it, and takes the others', async () => {
    const rows = [
      'name,number,note',
      'Hadi,081377770031,ok',
      ',081377770032,no name',
      'Indra,,no number',
      'Joko,not a number,x',
      `Kiki,081377770033,${'x'.repeat(501)}`,
      'Lala,081377770034,one,too many',
      'Mira,6.28E+12,from a spreadsheet',
      'Nina,120363000000000001@g.us,a group',
      `${'O'.repeat(192)},081377770035,a long name`,
      'Hadi again,081377770031,twice',
      "'=Putri,'+6281377770036,guarded",
    ];
    const { data } = await importTable(rows.join('\n'));
    expect(data).toMatchObject({ rows: 11, created: 2, existing: 1, invalid: 8, added: 2 });
    expect(data.bad.map(({ line, column, code }) => [line, column, code])).toEqual([
      [3, 'name', 'VALIDATION_FAILED'],
      [4, 'number', 'VALIDATION_FAILED'],
      [5, 'number', 'RECIPIENT_INVALID'],
      [6, 'note', 'VALIDATION_FAILED'],
      [7, null, 'VALIDATION_FAILED'],
      [8, 'number', 'RECIPIENT_INVALID'],
      [9, 'number', 'RECIPIENT_INVALID'],
      [10, 'name', 'VALIDATION_FAILED'],
    ]);
    expect((await members()).map(({ name }) => name).sort()).toEqual(['=Putri', 'Hadi']);
  });

  it('may have ten thousand rows, and not one more', async () => {
    const rows = (count: number) =>
      [
        'number',
        ...Array.from({ length: count }, (_, index) => `62815${String(index).padStart(8, '0')}`),
      ].join('\n');
    expect(await importTable(rows(10_001))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect((await members()).length).toBe(0);
    const { data } = await importTable(rows(10_000));
    expect(data).toMatchObject({ rows: 10_000, created: 10_000, added: 10_000, list: { members: 10_000 } });
  });
});

describe('is refused whole', () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>, string, number, object]>([
    ['an empty file', ' \n', '', 400, { reason: 'the file is empty' }],
    ['no column of numbers', 'a,b\n1,2', '', 400, { field: 'number_column', heads: ['a', 'b'] }],
    ['a column it has not', 'number\n1', 'name_column=x', 400, { field: 'name_column' }],
    ['a field that can be none', 'number,a b\n1,2', 'field_columns=a%20b', 400, { field: 'field_columns' }],
    ['a quote that is not closed', 'number\n"1', '', 400, { line: 2 }],
    ['another encoding', new Uint8Array([...Buffer.from('number\n'), 0xff, 0xfe, 0x41]), '', 400, {}],
    ['an unknown option', 'number\n1', 'on_existing=erase', 400, {}],
    ['a file that is too large', `number\n${'x'.repeat(5 * 1024 * 1024)}`, '', 413, {}],
  ])('%s', async (_name, table, query, status, details) => {
    const answer = await importTable(table, query);
    expect([answer.status, answer.text]).toEqual([status, expect.any(String)]);
    expect(answer.details).toMatchObject(details);
    expect(await members()).toEqual([]);
  });

  it('what is no table, for a list that is none, and by who may not', async () => {
    expect(await importTable('{"a":1}', '', 'application/json')).toMatchObject({ status: 400 });
    expect(await importTable('x', '', 'image/png')).toMatchObject({ status: 415 });
    expect((await importForm('number\n1', { number_column: 'other' })).status).toBe(400);
    const reader = await server.keyFor({ scopes: ['report:read'] });
    const path = `${LISTS}/${listId}/import`;
    const call = { method: 'POST', path, raw: 'number\n1', headers: { 'content-type': 'text/csv' } };
    expect(await reader.call(call)).toMatchObject({ status: 403 });
    expect(await server.api.call({ ...call, path: `${LISTS}/999999/import` })).toMatchObject({
      status: 404,
      code: 'RECIPIENT_LIST_NOT_FOUND',
    });
  });
});
