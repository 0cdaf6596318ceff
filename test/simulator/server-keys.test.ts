import type { BinaryNode } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Companion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';
import { ANA, ANAS_DEVICE, BUDI, BUDIS_DEVICE, next, pair } from './server-parties.ts';

const SERVER = 's.whatsapp.net';
const UPLOADED = 812;

let simulator: TestSimulator;
let ana: Companion;
let budi: Companion;

const ask = async (companion: Companion, attrs: Record<string, string>, content: BinaryNode[]) => {
  const iq: BinaryNode = { tag: 'iq', attrs: { to: SERVER, ...attrs }, content };
  const answer: BinaryNode = await companion.socket().query(iq);
  return answer;
};
const children = ({ content }: BinaryNode): BinaryNode[] => (Array.isArray(content) ? content : []);
const child = (parent: BinaryNode, ...path: string[]): BinaryNode => {
  const [tag, ...rest] = path;
  if (tag === undefined) return parent;
  const found = children(parent).find((node) => node.tag === tag);
  if (!found) throw new Error(`no ${tag}`);
  return child(found, ...rest);
};
const keysOf = async (...jids: string[]) => {
  const users = jids.map((jid) => ({ tag: 'user', attrs: { jid } }));
  const answer = await ask(ana, { xmlns: 'encrypt', type: 'get' }, [
    { tag: 'key', attrs: {}, content: users },
  ]);
  return children(child(answer, 'list'));
};
const stockOf = async (companion: Companion) => {
  const answer = await ask(companion, { xmlns: 'encrypt', type: 'get' }, [{ tag: 'count', attrs: {} }]);
  return Number(child(answer, 'count').attrs.value);
};

beforeEach(async () => {
  simulator = await startTestSimulator();
  [ana, budi] = await Promise.all([pair(simulator, ANA), pair(simulator, BUDI)]);
});
afterEach(async () => {
  await Promise.all([ana.stop(), budi.stop()]);
  await simulator.close();
});

describe('the directory of keys', () => {
  it('gives each asker another one-time pre-key, by number and by LID', async () => {
    const before = await stockOf(budi);
    expect(before).toBeGreaterThan(UPLOADED - 5);
    const lid = simulator.core.findAccount(BUDI)?.lid ?? '';
    const [first] = await keysOf(BUDIS_DEVICE);
    const [second] = await keysOf(`${lid}:1@lid`);
    if (!first || !second) throw new Error('no keys');
    expect(child(first, 'identity').content).toEqual(Buffer.from(budi.auth.creds.signedIdentityKey.public));
    expect(child(first, 'skey', 'value').content).toEqual(child(second, 'skey', 'value').content);
    expect(child(first, 'key', 'id').content).not.toEqual(child(second, 'key', 'id').content);
    expect(await stockOf(budi)).toBe(before - 2);
  });

  it('marks the unknown, and answers for the known beside them', async () => {
    const [known, unknownDevice, unknownPerson] = await keysOf(
      BUDIS_DEVICE,
      `${BUDI}:9@${SERVER}`,
      `62899999@${SERVER}`,
    );
    expect(known && child(known, 'registration').content).toHaveLength(4);
    expect(unknownDevice && child(unknownDevice, 'error').attrs.code).toBe('404');
    expect(unknownPerson && child(unknownPerson, 'error').attrs.code).toBe('404');
  });

  it('asks the client for more when few are left, and gets them', async () => {
    const stock = await stockOf(budi);
    const burst = 50;
    for (let taken = 0; taken < stock - 4; taken += burst) {
      const count = Math.min(burst, stock - 4 - taken);
      await keysOf(...Array.from({ length: count }, () => BUDIS_DEVICE));
    }
    const warning = await next(
      simulator,
      'delivery',
      ({ type, device }) => type === 'encrypt' && device === BUDIS_DEVICE,
    );
    await next(simulator, 'client-ack', ({ id }) => id === warning.id);
    expect(await stockOf(budi)).toBe(9);
  });

  it('refuses keys for another identity, and half a key', async () => {
    const foreign = [
      { tag: 'identity', attrs: {}, content: Buffer.alloc(32, 1) },
      { tag: 'list', attrs: {}, content: [] },
    ];
    await expect(ask(budi, { xmlns: 'encrypt', type: 'set' }, foreign)).rejects.toThrow('not-acceptable');
    const half = [{ tag: 'rotate', attrs: {}, content: [{ tag: 'skey', attrs: {}, content: [] }] }];
    await expect(ask(budi, { xmlns: 'encrypt', type: 'set' }, half)).rejects.toThrow('bad-request');
  });

  it('takes a rotated signed pre-key', async () => {
    await budi.socket().rotateSignedPreKey();
    const [keys] = await keysOf(BUDIS_DEVICE);
    expect(keys && child(keys, 'skey', 'value').content).toEqual(
      Buffer.from(budi.auth.creds.signedPreKey.keyPair.public),
    );
  });
});

describe('usync', () => {
  it('knows who is registered, under which LID and with which devices', async () => {
    const [known, unknown] = (await ana.socket().onWhatsApp(BUDI, '6289999999999')) ?? [];
    expect(known).toMatchObject({ jid: `${BUDI}@${SERVER}`, exists: true });
    expect(unknown).toBeUndefined();
    const query = (name: string) => ({ tag: name, attrs: {} });
    const answer = await ask(ana, { xmlns: 'usync', type: 'get' }, [
      {
        tag: 'usync',
        attrs: { context: 'message', mode: 'query', sid: '1', last: 'true', index: '0' },
        content: [
          { tag: 'query', attrs: {}, content: ['devices', 'lid', 'status', 'disappearing_mode'].map(query) },
          { tag: 'list', attrs: {}, content: [{ tag: 'user', attrs: { jid: `${BUDI}@${SERVER}` } }] },
        ],
      },
    ]);
    const [user] = children(child(answer, 'usync', 'list'));
    if (!user) throw new Error('no user');
    expect(children(child(user, 'devices', 'device-list')).map(({ attrs }) => attrs)).toEqual([
      { id: '0' },
      { id: '1', 'key-index': '1' },
    ]);
    expect(child(user, 'lid').attrs.val).toBe(`${simulator.core.findAccount(BUDI)?.lid}@lid`);
  });
});

describe('what the server does not know', () => {
  it('is answered with 501 and recorded', async () => {
    const asked = ask(ana, { xmlns: 'w:unheard-of', type: 'get' }, [{ tag: 'question', attrs: {} }]);
    await expect(asked).rejects.toThrow('feature-not-implemented');
    const record = { device: ANAS_DEVICE, namespace: 'w:unheard-of', content: 'question' };
    expect(await next(simulator, 'unknown-iq')).toMatchObject(record);
  });

  it('has not come up in a login', () => {
    expect(simulator.history.of('unknown-iq')).toEqual([]);
    expect(simulator.history.of('protocol-error')).toEqual([]);
  });
});

describe('a profile', () => {
  it('has privacy settings that can be changed', async () => {
    const { socket } = ana;
    expect(await socket().fetchPrivacySettings(true)).toMatchObject({ readreceipts: 'all' });
    await socket().updateReadReceiptsPrivacy('none');
    expect(await socket().fetchPrivacySettings(true)).toMatchObject({ readreceipts: 'none' });
  });

  it('has a status text others can read, and no picture', async () => {
    await budi.socket().updateProfileStatus('at the beach');
    expect(await ana.socket().fetchStatus(`${BUDI}@${SERVER}`)).toMatchObject([
      { status: { status: 'at the beach' } },
    ]);
    await expect(ana.socket().profilePictureUrl(`${BUDI}@${SERVER}`)).rejects.toThrow('item-not-found');
  });
});
