import { expect, it } from 'vitest';
import { createAlertLeaseRepository } from '../../src/alerts/alert-lease-repository.ts';
import type { BrokerPacket } from '../../src/alerts/mqtt-link.ts';
import type { AlertTopic } from '../../src/alerts/mqtt-topics.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createAlertWorld, deviceWith } from '../support/alert-world.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const escalate = { list: 'Boss', afterSeconds: 60 };
const TOPICS: readonly AlertTopic[] = [
  { filter: '#', list: 'Night shift', message: null, escalate: null, requiresAck: false, pool: 'system' },
];
const packet = (payload: string, fields: Partial<BrokerPacket> = {}): BrokerPacket => ({
  topic: 'plant/7',
  payload: Buffer.from(payload),
  packetId: 1,
  isAgain: false,
  ...fields,
});

describeOnEachDatabase('alerts', (open) => {
  const world = async (options = {}) => createAlertWorld(await open(), options);

  it('are stored with a message for everybody, and shown as they were asked for', async () => {
    const { accept, view, texts, rings } = await world();
    const { alertId, isRepeat } = await accept('hot 😀', { data: [{ name: 'C', value: '97' }], escalate });
    expect(isRepeat).toBe(false);
    expect(await texts()).toEqual(['hot 😀\n\nC: 97', 'hot 😀\n\nC: 97']);
    expect(await view(alertId)).toMatchObject({
      message: 'hot 😀\n\nC: 97',
      status: 'waiting',
      requiresAck: true,
      list: { id: 1, name: 'Night shift' },
      escalation: { list: { id: 2, name: 'Boss' }, afterSeconds: 60, escalatedAt: null },
      progress: { total: 2, waiting: 2, sent: 0 },
      items: [
        { name: 'Person 62811', to: '62811@s.whatsapp.net', stage: 1, status: 'queued' },
        { name: 'Person 62812', to: '62812@s.whatsapp.net', stage: 1, status: 'queued' },
      ],
    });
    expect(rings).toEqual([alertId]);
  });

  it('are listed by page, and only those of devices one may use', async () => {
    const { accept, service } = await world();
    const made = [];
    for (const message of ['one', 'two', 'three']) made.push((await accept(message)).alertId);
    const list = (deviceIds: readonly string[] | null, cursor?: string) =>
      service.list({ access: { deviceIds }, pageSize: 2, cursor });
    const first = await list(null);
    expect(first).toMatchObject({ total: 3, nextCursor: made[1] });
    expect((await list(['siren'], made[1])).items).toMatchObject([
      { alertId: made[0], progress: { total: 2 } },
    ]);
    expect(await list(['another'])).toMatchObject({ items: [], total: 0 });
    expect(await list([])).toMatchObject({ items: [], total: 0 });
    await expect(service.view(made[0] ?? '', { mayUse: () => false })).rejects.toMatchObject({
      code: 'ALERT_NOT_FOUND',
    });
  });

  it('that say the same at the same moment are sent once, and again when the time is over', async () => {
    const { accept, texts, view } = await world();
    const all = await Promise.all(
      ['97', '98', '99'].map((value) => accept('hot', { data: [{ name: 'C', value }] })),
    );
    expect(new Set(all.map(({ alertId }) => alertId)).size).toBe(1);
    expect(all.filter(({ isRepeat }) => isRepeat)).toHaveLength(2);
    expect(await view(all[0]?.alertId ?? '')).toMatchObject({ repeats: 2 });
    expect((await accept('hot', { list: 'Boss' })).isRepeat).toBe(false);
    expect(await texts()).toHaveLength(4);

    const short = await world({ repeatMs: 1 });
    await short.accept('hot');
    expect((await short.accept('cold')).isRepeat).toBe(false);
    await expect.poll(async () => (await short.accept('hot')).isRepeat).toBe(false);
  });

  it('are the same for those of the same devices only, so nobody learns what another told', async () => {
    const { accept, setDevices } = await world();
    setDevices(deviceWith(), deviceWith({ deviceId: 'horn' }));
    const only = (...deviceIds: string[]) => ({ deviceIds, mayUse: (id: string) => deviceIds.includes(id) });
    await accept('hot');
    const first = await accept('hot', {}, only('horn'));
    expect(first.isRepeat).toBe(false);
    expect((await accept('hot', {}, only('siren'))).isRepeat).toBe(false);
    expect((await accept('hot', {}, only('siren', 'horn'))).isRepeat).toBe(false);
    expect((await accept('hot', {}, only('horn', 'siren'))).isRepeat).toBe(true);
    expect(await accept('hot', {}, only('horn'))).toEqual({ ...first, isRepeat: true });
  });

  it('escalate once, whoever runs them at the same time, and not before', async () => {
    const { accept, run, passTime, texts, view, alerts } = await world();
    const { alertId } = await accept('hot', { escalate });
    await run(alertId);
    expect(await texts()).toHaveLength(2);
    await passTime(alertId);
    expect(await alerts.due(10)).toEqual([alertId]);
    await Promise.all([run(alertId), run(alertId), run(alertId)]);
    await run(alertId);
    expect(await texts()).toHaveLength(4);
    expect((await texts())[2]).toBe('hot\n\nNobody of Night shift has acknowledged this.');
    expect(await view(alertId)).toMatchObject({ status: 'escalated', progress: { total: 4 } });
    expect(await alerts.due(10)).toEqual([]);
  });

  it('that are acknowledged do not escalate, and one that escalated may be', async () => {
    const { accept, run, passTime, texts, service, view } = await world();
    const { alertId } = await accept('hot', { escalate });
    const viewer = { mayUse: () => true };
    await service.acknowledge(alertId, 'Dewi', viewer);
    await service.acknowledge(alertId, 'Budi', viewer);
    await passTime(alertId);
    await run(alertId);
    expect(await texts()).toHaveLength(2);
    expect(await view(alertId)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Dewi' });

    const late = await accept('cold', { escalate });
    await passTime(late.alertId);
    await run(late.alertId);
    expect(await view(late.alertId)).toMatchObject({ status: 'escalated' });
    expect(await service.acknowledge(late.alertId, 'Dewi', viewer)).toMatchObject({ status: 'acknowledged' });
  });

  it('wait for a device that can send, and say when the second list is of no use', async () => {
    const { accept, run, passTime, view, setDevices, setPeople, texts } = await world();
    const { alertId } = await accept('hot', { escalate });
    await passTime(alertId);
    setDevices(deviceWith({ isConnected: false, hasSession: false, status: 'disconnected' }));
    await run(alertId);
    expect(await view(alertId)).toMatchObject({ status: 'waiting' });
    await expect(accept('cold')).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' });
    setDevices(deviceWith());
    setPeople();
    await run(alertId);
    expect(await view(alertId)).toMatchObject({
      status: 'escalated',
      escalation: { problem: 'VALIDATION_FAILED' },
    });
    expect(await texts()).toHaveLength(2);
  });

  it('go over the device that can send best', async () => {
    const { accept, setDevices, view } = await world();
    const limited = { ...deviceWith().health, rateLimitedUntil: '2027-01-01T00:00:00Z' };
    setDevices(
      deviceWith({
        deviceId: 'stopped',
        isConnected: false,
        cause: { code: 'stopped', source: 'operator' } as never,
      }),
      deviceWith({ deviceId: 'away', isConnected: false, status: 'reconnecting' }),
      deviceWith({ deviceId: 'limited', health: limited }),
      deviceWith({ deviceId: 'best' }),
    );
    expect(await view((await accept('one')).alertId)).toMatchObject({ deviceId: 'best' });
    setDevices(deviceWith({ deviceId: 'away', isConnected: false, status: 'reconnecting' }));
    expect(await view((await accept('two')).alertId)).toMatchObject({ deviceId: 'away' });
  });

  it('are acknowledged by replies, each by its own, also by those heard while nobody read', async () => {
    const { accept, hear, readReplies, view } = await world();
    hear({ chat: '62811@s.whatsapp.net', text: 'ok' });
    const [one, two] = [await accept('one', { escalate }), await accept('two', { requiresAck: true })];
    await readReplies();
    expect(await view(two.alertId)).toMatchObject({ status: 'waiting' });
    const quoted = (await view(one.alertId)).items[1]?.messageId;
    hear({ chat: '62899@s.whatsapp.net', text: 'ok' });
    hear({ chat: '62811@s.whatsapp.net', text: 'ok', fromMe: true });
    await readReplies();
    expect(await view(two.alertId)).toMatchObject({ status: 'waiting' });
    hear({ chat: '99@lid', chatAlt: '62811@s.whatsapp.net', text: 'OK.' });
    hear({ chat: '62812@s.whatsapp.net', quotedMessageId: quoted });
    await readReplies();
    expect(await view(two.alertId)).toMatchObject({ status: 'acknowledged', acknowledgedBy: '99@lid' });
    expect(await view(one.alertId)).toMatchObject({ status: 'acknowledged' });
  });

  it('of a packet that the broker delivers again are one, and of the next with the same words another', async () => {
    const { takePacket, texts } = await world({ repeatMs: 0 });
    await takePacket(packet('hot'), TOPICS);
    await takePacket(packet('hot', { isAgain: true }), TOPICS);
    await takePacket(packet('hot', { isAgain: true }), TOPICS);
    expect(await texts()).toHaveLength(2);
    await takePacket(packet('hot', { packetId: 2, isAgain: true }), TOPICS);
    await takePacket(packet('hot'), TOPICS);
    expect(await texts()).toHaveLength(6);
  });

  it('of messages with one id are one, also at the same moment', async () => {
    const { takePacket, texts } = await world({ repeatMs: 0 });
    const named = (packetId: number) => packet('{"id":"a","message":"hot"}', { packetId });
    await Promise.all([1, 2, 3].map((id) => takePacket(named(id), TOPICS)));
    expect(await texts()).toHaveLength(2);
  });

  it('of a message nobody can be told of are none; what may pass is left with the broker', async () => {
    const { takePacket, texts, setDevices } = await world({ repeatMs: 0 });
    await takePacket(packet('hot'), []);
    await takePacket(packet('hot'), [{ ...TOPICS[0], list: 'Gone' } as AlertTopic]);
    setDevices();
    await expect(takePacket(packet('hot'), TOPICS)).rejects.toThrow(AppError);
    expect(await texts()).toEqual([]);
    setDevices(deviceWith());
    await takePacket(packet('{"message":"hot","image":"https://a.b/c"}'), TOPICS);
    expect(await texts()).toEqual(['hot', 'hot']);
  });

  it('that are old are forgotten with their messages', async () => {
    const { accept, alerts, service } = await world();
    await accept('hot');
    await alerts.purge(new Date(Date.now() - 60_000));
    expect((await service.list({ access: { deviceIds: null }, pageSize: 5 })).total).toBe(1);
    await alerts.purge(new Date(Date.now() + 60_000));
    expect((await service.list({ access: { deviceIds: null }, pageSize: 5 })).total).toBe(0);
  });
});

describeOnEachDatabase('the lease of the broker', (open) => {
  it('is held by one, until it is given back or lapses', async () => {
    const leases = createAlertLeaseRepository({ database: await open() });
    const asked = await Promise.all(['A', 'B', 'C'].map((holder) => leases.acquire('mqtt', holder, 60_000)));
    expect(asked.filter((got) => got)).toHaveLength(1);
    const holder = ['A', 'B', 'C'][asked.indexOf(true)] ?? '';
    expect(await leases.acquire('mqtt', holder, 60_000)).toBe(true);
    await leases.release('mqtt', 'D');
    expect(await leases.isHeld('mqtt')).toBe(true);
    await leases.release('mqtt', holder);
    expect(await leases.isHeld('mqtt')).toBe(false);
    expect(await leases.acquire('mqtt', 'D', 0)).toBe(true);
    expect(await leases.acquire('mqtt', 'E', 60_000)).toBe(true);
    expect(await leases.acquire('mqtt', 'D', 60_000)).toBe(false);
  });
});
