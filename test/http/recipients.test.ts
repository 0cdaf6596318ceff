import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectOk } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface RecipientAnswer {
  readonly id: number;
  readonly name: string;
  readonly number: string;
}
interface Page {
  readonly items: readonly RecipientAnswer[];
  readonly total: number;
}
interface ListAnswer {
  readonly id: number;
  readonly members: number;
}
interface Changed {
  readonly changed: number;
  readonly list: ListAnswer;
}

const RECIPIENTS = '/api/whatsapp/recipients';
const LISTS = '/api/whatsapp/recipient-lists';

let server: TestServer;
let last = 6281300000100;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const freshNumber = (): string => {
  last += 1;
  return String(last);
};
const made = async (name: string, fields: object = {}) =>
  (await server.api.post<RecipientAnswer>(RECIPIENTS, { name, number: freshNumber(), ...fields })).data;
const page = async (query: string) => (await server.api.get<Page>(`${RECIPIENTS}?${query}`)).data;

describe('a recipient', () => {
  it('is added with a number in any form, read, changed and deleted', async () => {
    const entry = { name: 'Dewi', number: '0813-8888-0001', fields: { city: 'Bandung' } };
    const { status, data } = await server.api.post<RecipientAnswer>(RECIPIENTS, entry);
    expect(status).toBe(201);
    expect(data).toEqual({
      id: expect.any(Number),
      name: 'Dewi',
      number: '6281388880001',
      fields: { city: 'Bandung' },
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const path = `${RECIPIENTS}/${data.id}`;
    expect((await server.api.get(path)).data).toEqual(data);
    expect(
      await server.api.put(path, { name: 'Dewi S.', number: '6281388880002@s.whatsapp.net' }),
    ).toMatchObject({
      data: { name: 'Dewi S.', number: '6281388880002', fields: { city: 'Bandung' } },
    });
    expect(await server.api.delete(path)).toMatchObject({ status: 200, data: null });
    for (const answer of [
      await server.api.get(path),
      await server.api.delete(path),
      await server.api.put(path, { name: 'x' }),
    ]) {
      expect(answer).toMatchObject({ status: 404, code: 'RECIPIENT_NOT_FOUND' });
    }
  });

  it('is one for each number', async () => {
    const { id, number } = await made('Eka');
    const other = await made('Fajar');
    expect(await server.api.post(RECIPIENTS, { name: 'Eka again', number: `+${number}` })).toMatchObject({
      status: 409,
      code: 'RECIPIENT_EXISTS',
      details: { id },
    });
    expect(await server.api.put(`${RECIPIENTS}/${other.id}`, { number })).toMatchObject({
      status: 409,
      code: 'RECIPIENT_EXISTS',
      details: { id },
    });
  });

  it.each([
    ['a group', { name: 'x', number: '120363000000000001@g.us' }, 'RECIPIENT_INVALID'],
    ['a word', { name: 'x', number: 'hello' }, 'RECIPIENT_INVALID'],
    ['no name', { name: ' ', number: '0812345678' }, 'VALIDATION_FAILED'],
    ['a strange field', { name: 'x', number: '0812345678', fields: { 'a b': '1' } }, 'VALIDATION_FAILED'],
  ])('cannot be %s', async (_what, entry, code) => {
    expect(await server.api.post(RECIPIENTS, entry)).toMatchObject({ code });
  });

  it('is found by a part of the name or the number, and paged', async () => {
    for (const name of ['Gita 100%', 'Gita 1000', 'gITA_3']) await made(name);
    const last = await made('Hana');
    expect((await page('q=gita')).total).toBe(3);
    expect((await page('q=gita&pageSize=2')).items).toHaveLength(2);
    expect((await page('q=gita&pageSize=2&page=2')).items).toHaveLength(1);
    expect((await page('q=100%25')).items.map(({ name }) => name)).toEqual(['Gita 100%']);
    expect((await page('q=a_3')).items.map(({ name }) => name)).toEqual(['gITA_3']);
    expect((await page(`q=${last.number}`)).items).toMatchObject([{ name: 'Hana' }]);
  });

  it('is one of many that are taken at once, with a report for each', async () => {
    const known = await made('Indra');
    const [first, second] = [freshNumber(), freshNumber()];
    const recipients = [
      { name: 'Joko', number: first },
      { name: 'nobody', number: 'nothing' },
      { name: 'Indra changed', number: known.number },
      { name: 'Joko again', number: `+${first}` },
      { name: 'Kiki', number: second, fields: { city: 'Solo' } },
    ];
    const answer = await server.api.post(`${RECIPIENTS}/bulk`, { recipients });
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({
      created: 2,
      updated: 0,
      existing: 2,
      invalid: 1,
      items: [
        { index: 0, status: 'created', number: first },
        { index: 1, status: 'invalid', id: null, number: null, code: 'RECIPIENT_INVALID' },
        { index: 2, status: 'exists', id: known.id },
        { index: 3, status: 'exists' },
        { index: 4, status: 'created', number: second },
      ],
    });
    expect((await page(`q=${first}`)).items).toMatchObject([{ name: 'Joko' }]);
    const again = await server.api.post(`${RECIPIENTS}/bulk`, { recipients, on_existing: 'update' });
    expect(again.data).toMatchObject({ created: 0, updated: 4, existing: 0, invalid: 1 });
    expect((await page(`q=${known.number}`)).items).toMatchObject([{ name: 'Indra changed' }]);
    expect((await page(`q=${first}`)).items).toMatchObject([{ name: 'Joko again' }]);
  });

  it('is one of a thousand, and no more at once', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, () => ({ name: 'Many', number: freshNumber() }));
    const taken = await server.api.post(`${RECIPIENTS}/bulk`, { recipients: many(1_000) });
    expect(taken.data).toMatchObject({ created: 1_000 });
    expect(await server.api.post(`${RECIPIENTS}/bulk`, { recipients: many(1_001) })).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
    });
  });

  it('outlives every device, and is counted by /health', async () => {
    const { id } = await made('Lina');
    await server.createDevice('ana');
    expectOk(await server.api.delete('devices/ana/session'));
    expectOk(await server.api.delete('devices/ana'));
    expect(await server.api.get('devices/ana')).toMatchObject({ status: 404 });

    expect(await server.api.get(`${RECIPIENTS}/${id}`)).toMatchObject({
      status: 200,
      data: { name: 'Lina' },
    });
    const { total } = await page('');
    expect(JSON.parse((await server.api.get('/health')).text)).toMatchObject({ recipients: total });
  });
});

describe('a list of recipients', () => {
  const list = async (name: string) => (await server.api.post<ListAnswer>(LISTS, { name })).data;
  const remove = (id: number, recipient_ids: readonly number[]) =>
    server.api.call<Changed>({ method: 'DELETE', path: `${LISTS}/${id}/members`, body: { recipient_ids } });

  it('is made, renamed and deleted; the people on it stay', async () => {
    const made_ = await server.api.post<ListAnswer>(LISTS, { name: 'Customers', description: 'of the shop' });
    expect(made_).toMatchObject({
      status: 201,
      data: { name: 'Customers', description: 'of the shop', members: 0 },
    });
    const path = `${LISTS}/${made_.data.id}`;
    expect(await server.api.post(LISTS, { name: 'Customers' })).toMatchObject({
      code: 'RECIPIENT_LIST_EXISTS',
    });
    expect(await server.api.put(path, { name: 'Old customers' })).toMatchObject({
      data: { name: 'Old customers', description: 'of the shop' },
    });
    const someone = await made('Maya');
    await server.api.post(`${path}/members`, { recipient_ids: [someone.id] });
    expect(await server.api.delete(path)).toMatchObject({ status: 200 });
    expect(await server.api.get(path)).toMatchObject({ status: 404, code: 'RECIPIENT_LIST_NOT_FOUND' });
    expect(await server.api.get(`${RECIPIENTS}/${someone.id}`)).toMatchObject({ status: 200 });
  });

  it('takes members once, pages through them and lets them go', async () => {
    const { id } = await list('Members');
    const people = [await made('Nia 1'), await made('Nia 2'), await made('Oka')];
    const ids = people.map((person) => person.id);
    const add = (recipient_ids: readonly number[]) =>
      server.api.post<Changed>(`${LISTS}/${id}/members`, { recipient_ids });
    expect((await add([...ids, ids[0] ?? 0, 2_000_000_000])).data).toMatchObject({
      changed: 3,
      list: { members: 3 },
    });
    expect((await add(ids)).data).toMatchObject({ changed: 0, list: { members: 3 } });
    const members = await server.api.get<Page>(`${LISTS}/${id}/members?q=nia&pageSize=1`);
    expect(members.data).toMatchObject({ items: [{ name: 'Nia 1' }], total: 2 });
    expect((await remove(id, ids.slice(0, 2))).data).toMatchObject({ changed: 2, list: { members: 1 } });
    await server.api.delete(`${RECIPIENTS}/${ids[2]}`);
    expect((await server.api.get<ListAnswer>(`${LISTS}/${id}`)).data.members).toBe(0);
    expect((await server.api.get<{ items: ListAnswer[] }>(LISTS)).data.items).toContainEqual(
      expect.objectContaining({ id, members: 0 }),
    );
  });

  it('is written to by a job, each member by name', async () => {
    await server.createDevice('sender');
    const { id } = await list('Job');
    const people = [await made('Putri', { fields: { city: 'Solo {name}' } }), await made('Rani')];
    await server.api.post(`${LISTS}/${id}/members`, { recipient_ids: people.map((person) => person.id) });
    const order = { listId: id, message: 'Hi {name} of {city}, {unknown}' };
    const job = await server.api.post<{ jobId: string }>('devices/sender/jobs/send-text', order);
    expect(job.status).toBe(202);
    const path = 'devices/sender/messages?direction=out';
    const { items } = (await server.api.get<{ items: { text: string; to: string }[] }>(path)).data;
    expect(items.map(({ to, text }) => [to, text]).toSorted()).toEqual(
      [
        [`${people[0]?.number}@s.whatsapp.net`, 'Hi Putri of Solo {name}, {unknown}'],
        [`${people[1]?.number}@s.whatsapp.net`, 'Hi Rani of {city}, {unknown}'],
      ].toSorted(),
    );
    for (const [body, code] of [
      [{ ...order, listId: 99_999 }, 'RECIPIENT_LIST_NOT_FOUND'],
      [{ listId: id }, 'VALIDATION_FAILED'],
      [{ ...order, listId: (await list('Nobody')).id }, 'VALIDATION_FAILED'],
      [{ ...order, messages: [{ to: '0812345678', message: 'x' }] }, 'VALIDATION_FAILED'],
    ] as const) {
      expect(await server.api.post('devices/sender/jobs/send-text', body)).toMatchObject({ code });
    }
  });

  it('that nobody made is 404', async () => {
    for (const answer of [
      await server.api.put(`${LISTS}/99999`, { name: 'x' }),
      await server.api.delete(`${LISTS}/99999`),
      await server.api.get(`${LISTS}/99999/members`),
      await server.api.post(`${LISTS}/99999/members`, { recipient_ids: [1] }),
      await remove(99_999, [1]),
    ]) {
      expect(answer).toMatchObject({ status: 404, code: 'RECIPIENT_LIST_NOT_FOUND' });
    }
  });
});
