import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createContactRepository } from '../../src/outbox/contact-repository.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const ana = 'ana' as DeviceId;
const jid = (number: number) => `62812${String(number).padStart(7, '0')}@s.whatsapp.net` as Jid;
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const span = (first: number, last = first) => ({ first: at(first), last: at(last) });

describeOnEachDatabase('the contacts of a device', (open) => {
  const rowOf = async (database: Database, contact: Jid) => {
    const [row] = await database.query({
      text: `select first_inbound_at, last_inbound_at, first_outbound_at, last_outbound_at from contact
        where device_id = ? and jid = ?`,
      params: [ana, contact],
    });
    return row;
  };

  it('keep the first and the last time of each direction, in whatever order they are told', async () => {
    const database = await open();
    const { note } = createContactRepository({ database });
    const key = { deviceId: ana, jid: jid(1) };
    await note([{ ...key, inbound: span(20, 30), outbound: null }]);
    await note([{ ...key, inbound: span(10, 15), outbound: span(40) }]);
    await note([{ ...key, inbound: null, outbound: span(35) }]);
    expect(await rowOf(database, jid(1))).toEqual({
      first_inbound_at: at(10),
      last_inbound_at: at(30),
      first_outbound_at: at(35),
      last_outbound_at: at(40),
    });
    await note([{ ...key, inbound: span(50), outbound: null }]);
    expect(await rowOf(database, jid(1))).toMatchObject({
      last_inbound_at: at(50),
      last_outbound_at: at(40),
    });
  });

  it('are warm when they wrote, not when we did', async () => {
    const { note, warm, warmAmong } = createContactRepository({ database: await open() });
    await note([
      { deviceId: ana, jid: jid(1), inbound: span(1), outbound: null },
      { deviceId: ana, jid: jid(2), inbound: null, outbound: span(1) },
      { deviceId: 'budi' as DeviceId, jid: jid(3), inbound: span(1), outbound: null },
    ]);
    expect(await warm(ana, 10)).toEqual([{ jid: jid(1), lastInboundAt: at(1) }]);
    expect(await warmAmong(ana, [jid(1), jid(2), jid(3), jid(4)])).toEqual([
      { jid: jid(1), lastInboundAt: at(1) },
    ]);
    expect(await warmAmong(ana, [])).toEqual([]);
  });

  it('are written and asked about by the thousand', async () => {
    const { note, warm, warmAmong, forgetAll } = createContactRepository({ database: await open() });
    const all = Array.from({ length: 1_234 }, (_, index) => jid(index));
    await note(all.map((contact) => ({ deviceId: ana, jid: contact, inbound: span(1), outbound: span(2) })));
    expect(await warmAmong(ana, all)).toHaveLength(1_234);
    expect(await warm(ana, 1_000)).toHaveLength(1_000);
    await forgetAll(ana);
    expect(await warm(ana, 10)).toEqual([]);
  });
});
