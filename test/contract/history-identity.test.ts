import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { learn } from '../../src/history/identity-learner.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { ReceivedMessage } from '../../src/whatsapp/socket.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { addLinkedDevice, allow, chatsOf, clearHistory, historyOf } from '../support/history.ts';
import { ingestOn, type TestIngest } from '../support/inbound.ts';

const DEVICE = 'ana' as DeviceId;
const OWN = { jid: '6281200000001@s.whatsapp.net' as Jid, lid: '1111111@lid' as Jid };
const NUMBER = '6281200000077';
const PN = `${NUMBER}@s.whatsapp.net` as Jid;
const LID = '777000777@lid' as Jid;
const GROUP = '120363000000000001@g.us' as Jid;

describeOnEachDatabase('who is who in history', (open) => {
  let database: Database;
  let ingest: TestIngest;
  const devices = { find: async () => OWN };

  beforeEach(async () => {
    database ??= await open();
    await clearHistory(database);
    await addLinkedDevice(database, { deviceId: DEVICE, ...OWN });
    await allow(database, { number: '6281200000001', status: 'aktif' });
    ingest = ingestOn(database);
  });

  const keep = (fields: Partial<ReceivedMessage>) => () => ingest.keep(DEVICE, message(fields), OWN);
  const tell = () => () =>
    ingest.turns.inTurn(DEVICE, () =>
      learn({ ...ingest, devices }, { deviceId: DEVICE, news: [{ lid: LID, number: NUMBER }] }),
    );
  const steps = (): (() => Promise<void>)[] => [
    keep({ waMessageId: 'A' as WaMessageId, chat: LID }),
    keep({ waMessageId: 'B' as WaMessageId, chat: PN }),
    keep({ waMessageId: 'C' as WaMessageId, chat: LID, chatAlt: PN }),
    keep({ waMessageId: 'D' as WaMessageId, chat: PN, chatAlt: LID }),
    keep({ waMessageId: 'E' as WaMessageId, chat: LID, fromMe: true }),
    // The same message under both addresses.
    keep({ waMessageId: 'F' as WaMessageId, chat: LID }),
    keep({ waMessageId: 'F' as WaMessageId, chat: PN }),
    keep({ waMessageId: 'G' as WaMessageId, chat: GROUP, participant: LID }),
    keep({ waMessageId: 'H' as WaMessageId, chat: GROUP, participant: LID, participantAlt: PN }),
    tell(),
    tell(),
  ];
  const expectOnePerson = async () => {
    const rows = await historyOf(database, DEVICE);
    expect(rows.map(({ wa_message_id }) => wa_message_id).sort()).toEqual([...'ABCDEFGH']);
    for (const row of rows) {
      expect(row).toMatchObject(
        row.chat_jid === GROUP
          ? { participant_jid: PN, sender_number: NUMBER, contact_number: null }
          : { chat_jid: PN, participant_jid: '', contact_number: NUMBER },
      );
    }
    const chats = await chatsOf(database, DEVICE);
    expect(chats.map(({ chat_jid, lid, phone_number }) => ({ chat_jid, lid, phone_number }))).toEqual([
      { chat_jid: GROUP, lid: null, phone_number: null },
      { chat_jid: PN, lid: LID, phone_number: NUMBER },
    ]);
  };

  describe('one chat, in whatever order messages and mappings come', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      it(`seed ${seed}`, async () => {
        const random = createSeededRandom(seed);
        const order = steps()
          .map((step) => ({ step, at: random.bytes(4).readUInt32BE() }))
          .sort((one, other) => one.at - other.at);
        // Half of the seeds all at once, as sockets tell it.
        if (seed % 2 === 0) await Promise.all(order.map(({ step }) => step()));
        else for (const { step } of order) await step();
        await expectOnePerson();
      });
    }
  });

  it('nobody else is behind our own number', async () => {
    await keep({ chat: LID, chatAlt: OWN.jid })();
    expect(await historyOf(database, DEVICE)).toMatchObject([{ chat_jid: LID, contact_number: null }]);
    await keep({ chat: OWN.lid, fromMe: true })();
    expect(await chatsOf(database, DEVICE)).toMatchObject([{ chat_jid: OWN.jid }, { chat_jid: LID }]);
  });

  it('is told again what a former answer was wrong about', async () => {
    await keep({ chat: LID, chatAlt: '6281200000055@s.whatsapp.net' as Jid })();
    await keep({ chat: LID, chatAlt: PN })();
    await keep({ chat: LID, waMessageId: 'LAST' as WaMessageId })();
    const last = (await historyOf(database, DEVICE)).find(({ wa_message_id }) => wa_message_id === 'LAST');
    expect(last).toMatchObject({ chat_jid: PN, contact_number: NUMBER });
  });
});

let count = 0;

function message(fields: Partial<ReceivedMessage>): ReceivedMessage {
  count += 1;
  return {
    waMessageId: `M${count}` as WaMessageId,
    chat: PN,
    chatAlt: null,
    participant: null,
    participantAlt: null,
    fromMe: false,
    pushName: null,
    type: 'text',
    text: 'hello',
    quotedWaMessageId: null,
    timestamp: new Date('2026-11-20T08:30:00Z'),
    ...fields,
  };
}
