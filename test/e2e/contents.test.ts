import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

interface MessageAnswer {
  readonly messageId: string;
  readonly status: string;
  readonly type: string;
  readonly text: string | null;
  readonly quotedMessageId: string | null;
}

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const post = (body: object, deviceId = 'ana') =>
  server.api.post<MessageAnswer>(`devices/${deviceId}/messages`, { to: BUDI, ...body });
/** The message as the other side has it. */
const arrivedAt = async (deviceId: string, messageId: string): Promise<MessageAnswer> => {
  await server.waitForEvent(
    (event) =>
      event.type === 'message' && event.deviceId === deviceId && JSON.stringify(event).includes(messageId),
  );
  return (await server.api.get<MessageAnswer>(`devices/${deviceId}/messages/${messageId}`)).data;
};
const sent = async (body: object) => {
  const { status, data } = await post(body);
  expect(status).toBe(200);
  return { ...data, arrived: await arrivedAt('budi', data.messageId) };
};

describe('the general door sends', () => {
  it('a text, a reply to it and one that names somebody', async () => {
    const first = await sent({ type: 'text', text: 'who opens tomorrow?' });
    expect(first.arrived).toMatchObject({ type: 'text', text: 'who opens tomorrow?', quotedMessageId: null });
    const reply = await post(
      { to: ANA, type: 'text', text: 'I do', quotedMessageId: first.messageId },
      'budi',
    );
    expect(await arrivedAt('ana', reply.data.messageId)).toMatchObject({
      text: 'I do',
      quotedMessageId: first.messageId,
    });
    const naming = await sent({ type: 'text', text: `thanks @${BUDI}`, mentions: [BUDI] });
    expect(naming.arrived.text).toBe(`thanks @${BUDI}`);
  });

  it('a place, contact cards and a poll', async () => {
    const place = await sent({ type: 'location', latitude: -6.2, longitude: 106.8, name: 'the shop' });
    expect(place.arrived.type).toBe('location');
    const cards = [{ name: 'Citra; the "boss"\nEND:VCARD', number: '0812-3456-789', organization: 'Toko' }];
    const card = await sent({ type: 'contact', contacts: cards });
    expect(card.arrived).toMatchObject({ type: 'contact', text: cards[0]?.name });
    const poll = await sent({ type: 'poll', question: 'When?', options: ['today', 'tomorrow'] });
    expect(poll.arrived).toMatchObject({ type: 'poll', text: 'When?' });
  });

  it('a reaction, and takes it back', async () => {
    const { messageId } = await sent({ type: 'text', text: 'sold out' });
    for (const emoji of ['👍', '']) {
      const reaction = await post({ to: ANA, type: 'reaction', messageId, emoji }, 'budi');
      expect(reaction.status).toBe(200);
      expect(await arrivedAt('ana', reaction.data.messageId)).toMatchObject({
        type: 'reaction',
        quotedMessageId: messageId,
      });
    }
  });

  it('what was said before, to somebody else', async () => {
    const { messageId } = await sent({ type: 'text', text: 'pass it on' });
    const forward = await post({ to: ANA, type: 'forward', messageId }, 'budi');
    expect(await arrivedAt('ana', forward.data.messageId)).toMatchObject({
      type: 'text',
      text: 'pass it on',
    });
  });

  it('an edit and a revocation of what it sent', async () => {
    const { messageId } = await sent({ type: 'text', text: 'at nien' });
    const edit = await server.api.patch<MessageAnswer>(`devices/ana/messages/${messageId}`, {
      text: 'at nine',
    });
    expect(edit.status).toBe(200);
    expect(await arrivedAt('budi', edit.data.messageId)).toMatchObject({
      type: 'edit',
      text: 'at nine',
      quotedMessageId: messageId,
    });
    const revocation = await server.api.delete<MessageAnswer>(`devices/ana/messages/${messageId}`);
    expect(revocation.status).toBe(200);
    expect(await arrivedAt('budi', revocation.data.messageId)).toMatchObject({
      type: 'revoke',
      quotedMessageId: messageId,
    });
  });
});

describe('the general door refuses', () => {
  const bad: Readonly<Record<string, object>> = {
    'an unknown kind': { type: 'dance' },
    'an empty text': { type: 'text', text: '' },
    'a text that is too long': { type: 'text', text: 'x'.repeat(4097) },
    'a place that is not on earth': { type: 'location', latitude: 91, longitude: 0 },
    'no contact': { type: 'contact', contacts: [] },
    'a poll without a choice': { type: 'poll', question: 'q', options: ['one'] },
    'the same option twice': { type: 'poll', question: 'q', options: ['one', 'one'] },
    'more choices than options': { type: 'poll', question: 'q', options: ['one', 'two'], selectable: 3 },
    'an id that is none': { type: 'reaction', messageId: '../etc', emoji: '👍' },
  };
  it.each(Object.keys(bad))('%s', async (name) => {
    expect(await post(bad[name] ?? {})).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('messages it does not know, and those of others', async () => {
    const unknown = { type: 'reaction', messageId: 'UNKNOWN', emoji: '👍' };
    expect(await post(unknown)).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' });
    const { messageId } = await sent({ type: 'text', text: 'mine' });
    expect(await server.api.patch(`devices/budi/messages/${messageId}`, { text: 'forged' })).toMatchObject({
      status: 409,
      code: 'MESSAGE_NOT_EDITABLE',
      details: { reason: 'not_ours' },
    });
    expect(await server.api.delete(`devices/budi/messages/${messageId}`)).toMatchObject({
      status: 409,
      code: 'MESSAGE_NOT_REVOCABLE',
    });
    expect(await post({ type: 'contact', contacts: [{ name: 'x', number: 'no number' }] })).toMatchObject({
      status: 422,
      code: 'RECIPIENT_INVALID',
    });
  });
});

it('a message of any kind goes once for each Idempotency-Key', async () => {
  const body = { to: BUDI, type: 'poll', question: 'Once?', options: ['yes', 'no'] };
  const headers = { 'idempotency-key': 'a-poll' };
  const [one, two] = await Promise.all(
    [1, 2].map(() =>
      server.api.call<MessageAnswer>({ method: 'POST', path: 'devices/ana/messages', body, headers }),
    ),
  );
  expect(two?.data).toEqual(one?.data);
});
