import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const DEWI = '6281200000004';
const DATA = '/api/whatsapp';
/** Ana and Budi are devices of ours; the others are people. */
const DEVICES = { ana: ANA, budi: BUDI } as const;
const WORDS = ['kopi', 'teh', 'roti', 'pesanan', 'tagihan'];

interface Item {
  readonly messageId: string;
  readonly deviceId: string;
  readonly direction: 'in' | 'out';
  readonly senderNumber: string | null;
  readonly receiverNumber: string | null;
  readonly isGroup: boolean;
  readonly text: string | null;
}

/** A message as the simulator has it: on the phone that a device of ours is linked to. */
type Known = Item;

let simulator: TestSimulator;
let server: TestServer;
let known: Known[];

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator, environment: { RATE_LIMIT_PER_MINUTE: '0' } });
  for (const number of [CITRA, DEWI]) simulator.phone(number, number === CITRA ? 'Citra' : 'Dewi');
  for (const [deviceId, number] of Object.entries(DEVICES)) {
    await server.createDevice(deviceId);
    await server.api.post(`${DATA}/allowed-numbers`, { whatsapp_number: number, session_id: deviceId });
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
  await talk();
  known = Object.entries(DEVICES).flatMap(([deviceId, number]) => knownOn(deviceId, simulator.phone(number)));
  // What was heard is stored when the server has stopped.
  server = await server.restart();
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** People and devices write to each other, each text another one; resolves when everybody has everything. */
async function talk(): Promise<void> {
  const [ana, citra, dewi] = [simulator.phone(ANA), simulator.phone(CITRA), simulator.phone(DEWI)];
  const heard: Promise<unknown>[] = [];
  const text = (round: number, what: string) => `${WORDS[round % WORDS.length]} ${what} nomor${round}`;
  const send = async (deviceId: string, to: string, message: string) => {
    const { data } = await server.api.post<{ messageId: string }>(`devices/${deviceId}/send-message`, {
      to,
      message,
    });
    heard.push(
      server.waitForEvent(({ messageId, status }) => messageId === data.messageId && status === 'delivered'),
    );
  };
  const hear = (deviceId: string, { id }: { id: string }) =>
    heard.push(
      server.waitForEvent(
        (event) =>
          event.type === 'message' &&
          event.deviceId === deviceId &&
          JSON.stringify(event).includes(`"${id}"`),
      ),
    );
  for (let round = 0; round < 12; round += 1) {
    hear(
      'ana',
      await citra.sendText(ANA, text(round, 'citra'), { addressing: round % 2 === 0 ? 'lid' : 'pn' }),
    );
    await send('ana', CITRA, text(round, 'ana'));
    if (round % 2 === 0) hear('ana', await dewi.sendText(ANA, text(round, 'dewi')));
    if (round % 3 === 0) hear('budi', await dewi.sendText(BUDI, text(round, 'untuk budi')));
    if (round % 3 === 1) await send('ana', BUDI, text(round, 'antar kita'));
    if (round % 4 === 2) await send('budi', ANA, text(round, 'balasan'));
    if (round % 4 === 3) hear('ana', await ana.sendText(CITRA, text(round, 'dari ponsel')));
  }
  // Only people who have written to each other may put each other into groups.
  const { group, refused } = await citra.groups.create({ subject: 'Toko', members: [ANA] });
  expect(refused).toEqual([]);
  for (let round = 12; round < 15; round += 1)
    hear('ana', await citra.sendText(`${group.id}@g.us`, text(round, 'di grup')));
  await Promise.all(heard);
  for (const [from, to] of [
    [ANA, BUDI],
    [BUDI, ANA],
  ] as const) {
    const last = simulator
      .phone(from)
      .messages()
      .findLast(({ peer }) => peer === to)?.text;
    await waitForMessage(simulator.phone(to), (message) => message.text === last);
  }
}

function knownOn(deviceId: string, phone: Phone): Known[] {
  return phone
    .messages()
    .filter(({ kind }) => kind === 'text')
    .map((message) => {
      const isOut = message.direction !== 'received';
      const isGroup = message.chat.endsWith('@g.us');
      return {
        messageId: message.id,
        deviceId,
        direction: isOut ? 'out' : 'in',
        senderNumber: isOut ? phone.phoneNumber : message.author,
        receiverNumber: isGroup ? null : isOut ? message.peer : phone.phoneNumber,
        isGroup,
        text: message.text,
      };
    });
}

const all = async (path: string): Promise<Item[]> => {
  const items: Item[] = [];
  const mark = path.includes('?') ? '&' : '?';
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer = await server.api.get<{ items: Item[]; nextCursor: string | null; total: number }>(
      `${DATA}/${path}${mark}pageSize=7${query}`,
    );
    expect(answer.status, answer.text).toBe(200);
    items.push(...answer.data.items);
    cursor = answer.data.nextCursor;
    if (cursor === null) expect(items).toHaveLength(answer.data.total);
  }
  return items;
};
const get = async <Data>(path: string) => (await server.api.get<Data>(`${DATA}/${path}`)).data;
/** What is compared, in an order of its own. */
const told = (messages: readonly Item[]) =>
  messages
    .map(({ messageId, deviceId, direction, senderNumber, receiverNumber, isGroup, text }) =>
      JSON.stringify([messageId, deviceId, direction, senderNumber, receiverNumber, isGroup, text]),
    )
    .sort();
const isBetween = (one: string, other: string) => (message: Known) =>
  (message.senderNumber === one && message.receiverNumber === other) ||
  (message.senderNumber === other && message.receiverNumber === one);

it('the simulator has a mix to compare with', () => {
  expect(known.length).toBeGreaterThan(50);
  expect(known.filter(({ isGroup }) => isGroup).length).toBeGreaterThan(1);
});

describe('what the simulator says was said is what is answered', () => {
  it.each<[string, (message: Known) => boolean]>([
    ['message/details', () => true],
    ['message/details?session_id=ana', ({ deviceId }) => deviceId === 'ana'],
    ['message/details?session_id=2', ({ deviceId }) => deviceId === 'budi'],
    [`messages/by-number/${ANA}`, ({ deviceId }) => deviceId === 'ana'],
    [`messages/number/${CITRA}`, (each) => each.senderNumber === CITRA || each.receiverNumber === CITRA],
    [`messages/number/${BUDI}`, (each) => each.senderNumber === BUDI || each.receiverNumber === BUDI],
    [`history/filtered?sender_number=${DEWI}`, ({ senderNumber }) => senderNumber === DEWI],
    [`history/filtered?receiver_number=${ANA}`, ({ receiverNumber }) => receiverNumber === ANA],
    [
      `history/filtered?sender_number=${CITRA}&receiver_number=${ANA}`,
      (each) => each.senderNumber === CITRA && each.receiverNumber === ANA,
    ],
    [`conversation/${CITRA}/${ANA}`, isBetween(ANA, CITRA)],
    [`conversation/${ANA}/${BUDI}`, (each) => isBetween(ANA, BUDI)(each) && each.deviceId === 'ana'],
    ['search?q=tagihan', ({ text }) => text?.includes('tagihan') ?? false],
    ['search?q=NOMOR1%20kopi', ({ text }) => (text?.includes('kopi') ?? false) && / nomor1/.test(text ?? '')],
    ['search?q=nomor&session_id=budi', ({ deviceId }) => deviceId === 'budi'],
  ])('%s', async (path, belongs) => {
    const expected = known.filter(belongs);
    expect(expected.length).toBeGreaterThan(0);
    expect(told(await all(path))).toEqual(told(expected));
  });

  it('in the stats, by direction, and nobody counted twice', async () => {
    const ofAna = known.filter(({ deviceId }) => deviceId === 'ana');
    const stats = await get<Record<string, unknown>>('message/stats?session_id=1');
    const incoming = ofAna.filter(({ direction }) => direction === 'in').length;
    expect(stats).toMatchObject({
      total: ofAna.length,
      incoming,
      outgoing: ofAna.length - incoming,
      perType: { text: ofAna.length },
      distinctContacts: new Set([CITRA, DEWI, BUDI]).size,
    });
    const { perStatus } = stats as { perStatus: Record<string, number> };
    expect(perStatus.received).toBe(incoming);
    expect(Object.values(perStatus).reduce((sum, each) => sum + each, 0)).toBe(ofAna.length);
  });

  it('in mapping and contacts', async () => {
    const oneToOne = known.filter(({ deviceId, isGroup }) => deviceId === 'ana' && !isGroup);
    const { items } = await get<{ items: { senderNumber: string; receiverNumber: string; count: number }[] }>(
      `messages/number/${ANA}/mapping?session_id=ana`,
    );
    const counts = Map.groupBy(oneToOne, (each) => `${each.senderNumber} ${each.receiverNumber}`);
    expect(new Map(items.map((each) => [`${each.senderNumber} ${each.receiverNumber}`, each.count]))).toEqual(
      new Map([...counts].map(([pair, { length }]) => [pair, length])),
    );
    const contacts = await get<{ items: { phoneNumber: string; pushName: string | null; total: number }[] }>(
      `messages/number/${ANA}/contacts?session_id=ana`,
    );
    const totals = Map.groupBy(oneToOne, isOther(ANA));
    expect(new Map(contacts.items.map(({ phoneNumber, total }) => [phoneNumber, total]))).toEqual(
      new Map([...totals].map(([number, { length }]) => [number, length])),
    );
    expect(contacts.items.find(({ phoneNumber }) => phoneNumber === CITRA)?.pushName).toBe('Citra');
  });

  it('in the daily report, summed over the days around now', async () => {
    const { items } = await get<{
      items: { deviceId: string; total: number; inGroups: number; whatsappNumber: string }[];
    }>('reports/daily');
    for (const [deviceId, number] of Object.entries(DEVICES)) {
      const lines = items.filter((line) => line.deviceId === deviceId);
      const own = known.filter((message) => message.deviceId === deviceId);
      expect(lines.reduce((sum, { total }) => sum + total, 0)).toBe(own.length);
      expect(lines.reduce((sum, { inGroups }) => sum + inGroups, 0)).toBe(
        own.filter(({ isGroup }) => isGroup).length,
      );
      expect(new Set(lines.map(({ whatsappNumber }) => whatsappNumber))).toEqual(new Set([number]));
    }
  });

  it('in an export', async () => {
    const { text } = await server.api.get(`${DATA}/conversation/${CITRA}/${ANA}?format=csv`);
    const lines = text.trim().split('\r\n').slice(1);
    expect(lines).toHaveLength(known.filter(isBetween(ANA, CITRA)).length);
  });
});

it('shows the groups of a device, with a link where it may make one', async () => {
  await server.waitForStatus('ana', 'connected');
  expect(await get('groups/links/ana')).toMatchObject({
    items: [{ subject: 'Toko', participantCount: 2, inviteLink: null }],
    total: 1,
  });
});

it('what is taken back is found and shown no more', async () => {
  await server.waitForStatus('ana', 'connected');
  const citra = simulator.phone(CITRA);
  const heard = (id: string) =>
    server.waitForEvent((event) => event.type === 'message' && JSON.stringify(event).includes(`"${id}"`));
  const { id } = await citra.sendText(ANA, 'rahasia sekali');
  await heard(id);
  expect(await all('search?q=rahasia')).toHaveLength(1);
  await heard((await citra.revoke(id)).id);
  expect(await all('search?q=rahasia')).toHaveLength(0);
  expect((await all('message/details?session_id=ana')).find(({ messageId }) => messageId === id)?.text).toBe(
    null,
  );
});

const isOther = (own: string) => (message: Known) =>
  (message.senderNumber === own ? message.receiverNumber : message.senderNumber) ?? '';
