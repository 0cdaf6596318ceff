import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const OPTIONS = ['tea', 'coffee', 'water'];
const pn = (number: string) => `${number}@s.whatsapp.net`;

interface Votes {
  readonly options: readonly { readonly name: string; readonly voters: string[]; readonly count: number }[];
  readonly totalVoters: number;
}

let simulator: TestSimulator;
let server: TestServer;
let budi: Phone;
let citra: Phone;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  budi = simulator.phone(BUDI, 'Budi');
  citra = simulator.phone(CITRA, 'Citra');
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** Sends a poll; resolves with its id when the phones have it. */
const ask = async (to: string, phones: readonly Phone[], selectable = 1) => {
  const poll = { to, type: 'poll', question: 'Drink?', options: OPTIONS, selectable };
  const { status, data } = await server.api.post<{ messageId: string }>('devices/ana/messages', poll);
  expect(status).toBe(200);
  for (const phone of phones)
    await waitForMessage(phone, ({ id, poll: got }) => id === data.messageId && got !== null);
  return data.messageId;
};
/** Votes, and resolves with the event of it. */
const vote = async (phone: Phone, pollId: string, chosen: readonly string[]) => {
  const { id } = await phone.vote(pollId, chosen);
  const event = await server.waitForEvent(
    (each) => each.type === 'message' && each.deviceId === 'ana' && JSON.stringify(each).includes(`"${id}"`),
  );
  return JSON.stringify(event);
};
const result = async (pollId: string) =>
  (await server.api.get<Votes>(`devices/ana/messages/${pollId}/votes`)).data;
const votersIn = ({ options }: Votes) =>
  Object.fromEntries(options.map(({ name, voters }) => [name, [...voters].sort()]));

it('votes in a chat are counted, told as an event, replaced by later ones, and survive a restart', async () => {
  const pollId = await ask(BUDI, [budi]);
  expect(await result(pollId)).toEqual({
    options: OPTIONS.map((name) => ({ name, voters: [], count: 0 })),
    totalVoters: 0,
  });
  const event = await vote(budi, pollId, ['tea']);
  expect(event).toContain('"poll_vote"');
  expect(event).toContain(`"quotedMessageId":"${pollId}"`);
  expect(event).toContain('"text":"tea"');
  expect(votersIn(await result(pollId))).toEqual({ tea: [pn(BUDI)], coffee: [], water: [] });
  await vote(budi, pollId, ['coffee']);
  server = await server.restart();
  await server.waitForStatus('ana', 'connected');
  expect(await result(pollId)).toMatchObject({ options: [{ count: 0 }, { count: 1 }, {}], totalVoters: 1 });
  await vote(budi, pollId, []);
  expect(await result(pollId)).toMatchObject({ options: [{ count: 0 }, { count: 0 }, {}], totalVoters: 0 });
});

it('votes in a chat under hidden ids count for the number behind them', async () => {
  const { id } = await budi.sendText(ANA, 'under my hidden id', { addressing: 'lid' });
  await server.waitForEvent((each) => each.type === 'message' && JSON.stringify(each).includes(id));
  const { data } = await server.api.get<{ chatAlt: string }>(`devices/ana/messages/${id}`);
  expect(data.chatAlt).toMatch(/@lid$/);
  const pollId = await ask(data.chatAlt, [budi], 0);
  await vote(budi, pollId, ['tea', 'water']);
  expect(votersIn(await result(pollId))).toEqual({ tea: [pn(BUDI)], coffee: [], water: [pn(BUDI)] });
});

it.each(['lid', 'pn'] as const)(
  'votes of everybody in a group addressed by %s are counted',
  async (addressing) => {
    const { group } = await budi.groups.create({ subject: addressing, members: [ANA, CITRA], addressing });
    const pollId = await ask(`${group.id}@g.us`, [budi, citra, simulator.phone(ANA)]);
    await vote(budi, pollId, ['tea']);
    await vote(citra, pollId, ['tea']);
    await vote(simulator.phone(ANA), pollId, ['water']);
    await vote(citra, pollId, ['coffee']);
    const votes = await result(pollId);
    expect(votersIn(votes)).toEqual({ tea: [pn(BUDI)], coffee: [pn(CITRA)], water: [pn(ANA)] });
    expect(votes.totalVoters).toBe(3);
  },
);

it('what is no poll of the device has no votes', async () => {
  const votes = (id: string, device = 'ana') => server.api.get(`devices/${device}/messages/${id}/votes`);
  const text = await server.api.post<{ messageId: string }>('devices/ana/send-message', {
    to: BUDI,
    message: 'no poll',
  });
  expect(await votes(text.data.messageId)).toMatchObject({ status: 422, code: 'MESSAGE_KIND_UNSUPPORTED' });
  expect(await votes('UNKNOWN')).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' });
  expect(await votes('UNKNOWN', 'nobody')).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
  // A poll somebody else made: its vote is told, and says nothing of what was chosen.
  const theirs = await citra.sendPoll(BUDI, { question: 'Theirs?', options: OPTIONS, selectable: 1 });
  await waitForMessage(budi, ({ id }) => id === theirs.id);
  const { group } = await citra.groups.create({ subject: 'theirs', members: [ANA, BUDI] });
  const inGroup = await citra.sendPoll(`${group.id}@g.us`, {
    question: 'Ours?',
    options: OPTIONS,
    selectable: 1,
  });
  await waitForMessage(budi, ({ id, poll }) => id === inGroup.id && poll !== null);
  expect(await vote(budi, inGroup.id, ['tea'])).toContain('"text":null');
});
