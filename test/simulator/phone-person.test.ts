import type { BinaryNode } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { sandboxMedia } from '../../src/whatsapp/sandbox-trust.ts';
import { createRecorder } from '../support/recorder.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';
import { type GroupParty, joinParty, pnOf } from './group-parties.ts';

const BUDI = '6281200000002';
const NOBODY = '6289999999999';
const JPEG = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.from('a very small picture')]);

let simulator: TestSimulator;
let ana: GroupParty;
let budi: Phone;

const look = async (url: string | undefined) => {
  const trust = { endpoint: simulator.url, rootKeyHex: simulator.rootKeyHex };
  const media = { mediaOrigin: simulator.mediaOrigin, mediaCaFile: simulator.caFile };
  const response = await fetch(url ?? '', sandboxMedia({ ...trust, ...media }).fetchOptions);
  return Buffer.from(await response.arrayBuffer());
};
const setPicture = (target: string | undefined, content: BinaryNode['content'] | undefined) =>
  ana.socket().query({
    tag: 'iq',
    attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'w:profile:picture', ...(target && { target }) },
    content: content ? [{ tag: 'picture', attrs: { type: 'image' }, content }] : [],
  });

beforeEach(async () => {
  simulator = await startTestSimulator();
  budi = simulator.phone(BUDI, 'Budi');
  ana = await joinParty(simulator, '6281200000001');
});
afterEach(async () => {
  await ana.stop();
  await simulator.close();
});

it('a number is on WhatsApp, or is not', async () => {
  expect(await ana.socket().onWhatsApp(BUDI, `+${NOBODY}`)).toEqual([
    { jid: `${BUDI}@s.whatsapp.net`, exists: true },
  ]);
});

it('a phone shows a picture, which contacts hear of and may see', async () => {
  const socket = ana.socket();
  const jid = pnOf(budi);
  await expect(socket.profilePictureUrl(jid)).rejects.toMatchObject({ data: 404 });
  await budi.sendText(ana.phoneNumber, 'hello');
  await ana.messages.waitFor(({ message }) => message?.conversation === 'hello');
  const changed = new Promise((resolve) =>
    socket.ev.on('contacts.update', (updates) => {
      const imgUrl = updates.find(({ id }) => id === jid)?.imgUrl;
      if (imgUrl) resolve(imgUrl);
    }),
  );
  await budi.setPicture(JPEG);
  expect(await changed).toBe('changed');
  expect(await look(await socket.profilePictureUrl(jid, 'image'))).toEqual(JPEG);
  await budi.setPicture(null);
  await expect(socket.profilePictureUrl(jid)).rejects.toMatchObject({ data: 404 });
});

it('a linked device sets its own picture and that of a group', async () => {
  const { id: group } = await ana.socket().groupCreate('Picture', [pnOf(budi)]);
  for (const target of [undefined, group]) {
    await setPicture(target, JPEG);
    const owner = target ?? pnOf(ana);
    expect(await look(await ana.socket().profilePictureUrl(owner))).toEqual(JPEG);
    await expect(setPicture(target, Buffer.from('no JPEG'))).rejects.toMatchObject({ data: 406 });
    await ana.socket().removeProfilePicture(owner);
    await expect(ana.socket().profilePictureUrl(owner)).rejects.toMatchObject({ data: 404 });
  }
  await expect(setPicture(pnOf(budi), JPEG)).rejects.toMatchObject({ data: 403 });
});

it('a phone is available, and seems to write, alone and in groups', async () => {
  const seen = createRecorder<string>();
  ana.socket().ev.on('presence.update', ({ id, presences }) => {
    for (const [who, { lastKnownPresence }] of Object.entries(presences))
      seen.add(`${id} ${who} ${lastKnownPresence}`);
  });
  const jid = pnOf(budi);
  await ana.socket().presenceSubscribe(jid);
  await budi.setPresence('available');
  await seen.waitFor((line) => line === `${jid} ${jid} available`);
  const lid = `${simulator.core.findAccount(BUDI)?.lid}@lid`;
  await budi.setTyping(ana.phoneNumber, 'recording');
  await seen.waitFor((line) => line === `${lid} ${lid} recording`);
  const { id: group } = await ana.socket().groupCreate('Typing', [jid]);
  await budi.setTyping(group, 'composing');
  await seen.waitFor((line) => line === `${group} ${lid} composing`);
  await budi.setPresence('unavailable');
  await seen.waitFor((line) => line === `${jid} ${jid} unavailable`);
  const sent = await budi.sendText(group, 'done');
  await waitForMessage(simulator.phone(ana.phoneNumber), ({ id }) => id === sent.id);
});
