import { createCipheriv, hkdfSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { createAllowedNumberRepository } from '../../src/allowed-numbers/allowed-number-repository.ts';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { createProxySealer } from '../../src/devices/proxy-sealer.ts';
import { createPollVoteRepository } from '../../src/messages/poll-vote-repository.ts';
import { createPollVotes } from '../../src/messages/poll-votes.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { hashOfOption, type SealedVote } from '../../src/whatsapp/poll-vote.ts';
import type { ReceivedMessage } from '../../src/whatsapp/socket.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { testKeyRing } from '../support/inbound.ts';
import { deviceId, message, prepareOutbox, waId } from '../support/outbox-rows.ts';

const proxySealer = createProxySealer(testKeyRing);
const OWN = { jid: '6281200000001:4@s.whatsapp.net' as Jid, lid: '900001@lid' as Jid };
const BUDI = '6281200000002@s.whatsapp.net' as Jid;
const BUDI_LID = '900002@lid' as Jid;
const CITRA = '6281200000003@s.whatsapp.net' as Jid;
const GROUP = '120363000000000001@g.us' as Jid;
const OPTIONS = ['tea', 'coffee', 'water'];
const SECRET = Buffer.alloc(32, 7);
const NOON = new Date('2026-11-20T12:00:00Z');

interface Sealing {
  readonly voter: Jid;
  readonly chosen: readonly string[];
  readonly creator?: Jid;
  /** Seconds after noon. */
  readonly second?: number;
}

/** As a phone seals a vote. */
function seal({ voter, chosen, creator = '900001@lid' as Jid, second = 0 }: Sealing): SealedVote {
  const info = `${waId(1)}${creator}${voter}Poll Vote`;
  const key = Buffer.from(hkdfSync('sha256', SECRET, Buffer.alloc(32), info, 32));
  const iv = Buffer.alloc(12, 3);
  const hashes = chosen.map((option) => Buffer.from(`0a20${hashOfOption(option)}`, 'hex'));
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(`${waId(1)}\0${voter}`));
  const payload = Buffer.concat([cipher.update(Buffer.concat(hashes)), cipher.final(), cipher.getAuthTag()]);
  return { payload, iv, at: new Date(NOON.getTime() + second * 1_000) };
}

function voteOf(sealed: SealedVote, from: Partial<ReceivedMessage>): ReceivedMessage {
  return {
    waMessageId: 'VOTE' as WaMessageId,
    chat: GROUP,
    chatAlt: null,
    participant: BUDI_LID,
    participantAlt: BUDI,
    fromMe: false,
    pushName: null,
    type: 'poll_vote',
    text: null,
    quotedWaMessageId: waId(1),
    timestamp: NOON,
    sealedVote: () => sealed,
    ...from,
  };
}

describeOnEachDatabase('votes in a poll', (open) => {
  /** A device that asked a group, and what it makes of votes that come. */
  const prepare = async (selectable = 1) => {
    const { outbox, database } = await prepareOutbox(await open());
    await database.run({ text: 'delete from poll_vote', params: [] });
    const secret = SECRET.toString('base64');
    const content = { kind: 'poll', question: 'Drink?', options: OPTIONS, selectable, secret } as const;
    await outbox.add([message(1, { to: GROUP, kind: 'poll', text: 'Drink?', content })]);
    const clock = createManualClock(new Date(NOON.getTime() + 60_000));
    const votes = createPollVotes({
      repository: createPollVoteRepository({ database }),
      devices: { find: async () => ({}) },
      findSent: (id: DeviceId, waMessageId) => outbox.find(id, waMessageId),
      numbersBehind: async () => new Map([[BUDI_LID, BUDI]]),
      clock,
    });
    const take = async (sealed: SealedVote, from: Partial<ReceivedMessage> = {}) => {
      const read = await votes.read(deviceId, { messages: [voteOf(sealed, from)], own: OWN });
      await database.writeAtomically({ statements: read.statements });
      return read.messages[0]?.text;
    };
    const result = async () => {
      const { options, totalVoters } = await votes.tally(deviceId, waId(1));
      return [...options.map(({ voters }) => voters), totalVoters];
    };
    return { take, result, database };
  };

  it('count once for each person, the latest one, in whatever order they come', async () => {
    const { take, result } = await prepare();
    expect(await take(seal({ voter: BUDI_LID, chosen: ['coffee'], second: 5 }))).toBe('coffee');
    await take(seal({ voter: BUDI_LID, chosen: ['tea'], second: 1 }));
    expect(await result()).toEqual([[], [BUDI], [], 1]);
    await take(seal({ voter: BUDI_LID, chosen: [], second: 9 }));
    expect(await result()).toEqual([[], [], [], 0]);
  });

  it('under a hidden id and under the number are one vote', async () => {
    const { take, result } = await prepare();
    await take(seal({ voter: BUDI_LID, chosen: ['tea'], second: 1 }), { participantAlt: null });
    const numbers = seal({
      voter: BUDI,
      creator: '6281200000001@s.whatsapp.net' as Jid,
      chosen: ['water'],
      second: 2,
    });
    await take(numbers, { participant: BUDI, participantAlt: null });
    expect(await result()).toEqual([[], [], [BUDI], 1]);
  });

  it('name as many options as the poll allows', async () => {
    const { take, result } = await prepare(0);
    expect(await take(seal({ voter: BUDI_LID, chosen: ['water', 'tea', 'tea'] }))).toBe('tea\nwater');
    expect(await result()).toEqual([[BUDI], [], [BUDI], 1]);
  });

  it('are not believed when their sender did not seal them, or chose what nobody can', async () => {
    const { take, result } = await prepare();
    const sealed = seal({ voter: BUDI_LID, chosen: ['tea'] });
    const refused = [
      await take(sealed, { participant: CITRA, participantAlt: null }),
      await take({ ...sealed, payload: Buffer.alloc(48, 1) }),
      await take(sealed, { chat: '120363000000000002@g.us' as Jid }),
      await take(sealed, { chat: BUDI_LID, participant: null }),
      await take(seal({ voter: BUDI_LID, chosen: ['beer'] })),
      await take(seal({ voter: BUDI_LID, chosen: ['tea', 'coffee'] })),
      await take(sealed, { quotedWaMessageId: waId(2) }),
    ];
    expect(refused).toEqual(refused.map(() => null));
    expect(await result()).toEqual([[], [], [], 0]);
  });

  it('go with what the device received, when its number is switched off, and with the device', async () => {
    const { take, result, database } = await prepare();
    const { eraseBodies } = createAllowedNumberRepository({ database });
    for (const erase of [
      () => eraseBodies(deviceId, NOON),
      () => createDeviceRepository({ database, clock: createManualClock(NOON), proxySealer }).purge(deviceId),
    ]) {
      await take(seal({ voter: BUDI_LID, chosen: ['tea'] }));
      await erase();
      const rows = await database.query({ text: 'select * from poll_vote', params: [] });
      expect(rows).toEqual([]);
    }
    await expect(result()).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' });
  });

  it('from a clock that runs ahead do not keep later ones out', async () => {
    const { take, result } = await prepare();
    await take(seal({ voter: BUDI_LID, chosen: ['tea'], second: 999_999 }));
    await take(seal({ voter: BUDI_LID, chosen: ['coffee'], second: 30 }));
    expect(await result()).toEqual([[], [BUDI], [], 1]);
  });
});
