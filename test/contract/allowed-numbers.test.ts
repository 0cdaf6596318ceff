import { createHash } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { AllowedStatus } from '../../src/allowed-numbers/allowed-number.ts';
import { createAllowedNumberRepository } from '../../src/allowed-numbers/allowed-number-repository.ts';
import { createAllowedNumberService } from '../../src/allowed-numbers/allowed-number-service.ts';
import { createStorageRules } from '../../src/allowed-numbers/storage-rules.ts';
import type { Database } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId, type WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { addLinkedDevice, clearHistory, historyOf, tablesWith } from '../support/history.ts';
import { ingestOn, type TestIngest } from '../support/inbound.ts';

const DEVICE = 'ana' as DeviceId;
const NUMBER = '6281200000001';
const OWN = { jid: `${NUMBER}@s.whatsapp.net` as Jid, lid: '1111111@lid' as Jid };
const EVERYTHING = { deviceIds: null, mayUse: () => true };

describeOnEachDatabase('allowed numbers', (open) => {
  let database: Database;
  let ingest: TestIngest;
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const erased: DeviceId[] = [];

  /** As one process has it. */
  const openService = (rules?: ReturnType<typeof createStorageRules>) =>
    createAllowedNumberService(partsOf(rules));
  const partsOf = (
    rules = createStorageRules({ repository: repository(), clock: systemClock }),
  ): Parameters<typeof createAllowedNumberService>[0] => ({
    repository: repository(),
    rules,
    eraseChats: async (deviceId) => void erased.push(deviceId),
    devices: { list: async () => [{ deviceId: DEVICE, recordNumber: 1 }] },
    clock: systemClock,
    log: silentLogger,
    defaultCountry: 'ID',
  });
  const repository = () => createAllowedNumberRepository({ database });
  const add = (status: AllowedStatus, service = openService()) =>
    service.add({ number: NUMBER, status, sessionId: null }, EVERYTHING);
  const receive = (text: string) =>
    ingest.keep(
      DEVICE,
      {
        waMessageId: ids.nextWaMessageId() as WaMessageId,
        chat: '6281200000077@s.whatsapp.net' as Jid,
        chatAlt: null,
        participant: null,
        participantAlt: null,
        fromMe: false,
        pushName: 'Somebody',
        type: 'text',
        text,
        quotedWaMessageId: null,
        timestamp: new Date('2026-11-20T08:30:00Z'),
      },
      OWN,
    );

  const journal = (words: string, { state, at }: { state: string; at: Date }) =>
    database.run({
      text: `insert into inbound_journal (device_id, hash, id, author, enc_type, wa_message_id, sealed, state, created_at)
        values (?, ?, ?, 'x', 'msg', 'M', ?, ?, ?)`,
      params: [
        DEVICE,
        createHash('sha256').update(words).digest(),
        ids.next(),
        Buffer.from(words),
        state,
        at,
      ],
    });

  beforeEach(async () => {
    database ??= await open();
    await clearHistory(database);
    await database.run({ text: 'delete from inbound_journal', params: [] });
    await addLinkedDevice(database, { deviceId: DEVICE, ...OWN });
    ingest = ingestOn(database);
    erased.length = 0;
  });

  it('nobody decides about the number of a device that is not theirs, whatever device they name', async () => {
    const other = 'budi' as DeviceId;
    await addLinkedDevice(database, {
      deviceId: other,
      jid: '6281200000002@s.whatsapp.net' as Jid,
      lid: '2222222@lid' as Jid,
    });
    const service = createAllowedNumberService({
      ...partsOf(),
      devices: {
        list: async () => [DEVICE, other].map((deviceId, at) => ({ deviceId, recordNumber: at + 1 })),
      },
    });
    const his = { deviceIds: [other], mayUse: (deviceId: string) => deviceId === other };
    const order = { number: NUMBER, status: 'nonaktif', sessionId: other } as const;
    await receive('stays');
    await expect(service.add(order, his)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { id } = await service.add({ ...order, status: 'aktif' }, EVERYTHING);
    await expect(service.setStatus(id, 'nonaktif', his)).rejects.toMatchObject({
      code: 'ALLOWED_NUMBER_NOT_FOUND',
    });
    await expect(service.remove(id, his)).rejects.toMatchObject({ code: 'ALLOWED_NUMBER_NOT_FOUND' });
    expect(erased).toEqual([]);
    expect(await service.add({ ...order, number: '6281200000002' }, his)).toMatchObject({
      session_id: other,
    });
    expect(erased).toEqual([other]);
  });

  it('a number that is switched off loses what its recent list and its journal say, at once', async () => {
    const { id } = await add('aktif', openService(ingest.rules));
    for (let number = 0; number < 510; number += 1) await receive(`message ${number}`);
    await journal('sealed words', { state: 'undecodable', at: new Date() });
    await journal('sealed and never taken', { state: 'new', at: new Date(Date.now() - 61_000) });
    await journal('about to be taken', { state: 'new', at: new Date() });
    await openService().setStatus(id, 'nonaktif', EVERYTHING);
    expect(await tablesWith(database, 'sealed')).toEqual([]);
    expect(await tablesWith(database, 'about to be taken')).toEqual(['inbound_journal']);
    expect(await tablesWith(database, 'message 509')).toEqual(['history_message']);
    expect(await tablesWith(database, 'message 0')).toEqual(['history_message']);
    expect(await historyOf(database, DEVICE)).toHaveLength(510);
    expect(erased).toEqual([DEVICE]);
  });

  it('stops in the middle of a flood, whoever switches it off', async () => {
    const other = openService();
    const { id } = await add('aktif');
    const flood = Array.from({ length: 60 }, (_, number) => receive(`flood ${number}`));
    await flood[10];
    await other.setStatus(id, 'nonaktif', EVERYTHING);
    await Promise.all(flood);
    expect(await tablesWith(database, 'flood')).toEqual(['history_message']);
    const kept = (await historyOf(database, DEVICE)).length;
    expect(kept).toBeGreaterThan(10);
    await receive('after the flood');
    expect(await tablesWith(database, 'after the flood')).toEqual([]);
    expect(await historyOf(database, DEVICE)).toHaveLength(kept);
  });

  it('a number nobody decided about stops in the middle of a flood as well', async () => {
    const flood = Array.from({ length: 60 }, (_, number) => receive(`flood ${number}`));
    await flood[10];
    await add('nonaktif');
    await Promise.all(flood);
    expect(await tablesWith(database, 'flood')).toEqual([]);
  });

  for (const guard of ['on', 'off'] as const) {
    it(`what another process decided counts at once; the guard is ${guard}`, async () => {
      ingest = ingestOn(database, { guard });
      await receive('believed for a second');
      await add('nonaktif');
      await receive('within that second');
      const found = await tablesWith(database, 'within that second');
      expect(found).toEqual(guard === 'on' ? [] : ['received_message']);
    });
  }

  it('what a process that died left is erased by the next', async () => {
    const { id } = await add('aktif', openService(ingest.rules));
    await receive('left behind');
    await repository().setStatus(id, 'nonaktif', new Date());
    await openService().eraseLeftovers();
    expect(await tablesWith(database, 'left behind')).toEqual(['history_message']);
  });

  it('is believed for a second, and not at all once it changed here', async () => {
    const clock = createManualClock();
    const rules = createStorageRules({ repository: repository(), clock });
    const ruleNow = async () => (await rules.decide(DEVICE, NUMBER)).rule;
    expect(await ruleNow()).toBe('recent');
    const { id } = await add('nonaktif');
    expect([await ruleNow(), await rules.mayKeepBodies(DEVICE)]).toEqual(['recent', false]);
    clock.advance(1_000);
    expect(await ruleNow()).toBe('withheld');
    await openService(rules).setStatus(id, 'aktif', EVERYTHING);
    expect([await ruleNow(), await rules.mayKeepBodies(DEVICE)]).toEqual(['history', true]);
    expect((await rules.decide(DEVICE, null)).rule).toBe('withheld');
  });
});
