import { expect, it } from 'vitest';
import type { Device } from '../../../src/dashboard/ui/api/device-types.ts';
import { cursorOf, FIRST_PAGE, nextPage, previousPage } from '../../../src/dashboard/ui/lib/cursor-trail.ts';
import { needsAttention } from '../../../src/dashboard/ui/lib/device-attention.ts';
import { applyFrame, countByStatus } from '../../../src/dashboard/ui/lib/device-frames.ts';
import { inTurns } from '../../../src/dashboard/ui/lib/in-turns.ts';
import { filterDevices, tagsOf } from '../../../src/dashboard/ui/pages/devices/device-filter.ts';

function device(deviceId: string, fields: Partial<Device> = {}): Device {
  return {
    deviceId,
    recordNumber: 1,
    deviceName: null,
    status: 'connected',
    isConnected: true,
    phoneNumber: null,
    pushName: null,
    qrCode: null,
    pairingCode: null,
    connectionAttempts: 0,
    lastActivity: null,
    syncProgress: 100,
    authMethod: null,
    hasSession: true,
    hasProxy: false,
    cause: null,
    warnings: [],
    createdAt: '2026-01-01T00:00:00Z',
    tags: [],
    ...fields,
  };
}

const causeOf = (code: string, action: string | null) => ({
  code,
  source: 'x',
  reason: 'r',
  retryAt: null,
  action,
});
const anna = device('anna', { deviceName: 'Toko Anna', phoneNumber: '6281200000001', tags: ['shop'] });
const budi = device('budi', { status: 'error', isConnected: false, cause: causeOf('banned', 'Ask') });
const idsOf = (devices: readonly Device[]) => devices.map(({ deviceId }) => deviceId);
const all = { text: '', status: '', tag: '' };

it('devices are found by every word, by a number as people write it, by state and by tag', () => {
  const find = (filter: Partial<typeof all>) => idsOf(filterDevices([anna, budi], { ...all, ...filter }));
  expect(find({})).toEqual(['anna', 'budi']);
  expect(find({ text: 'anna TOKO' })).toEqual(['anna']);
  expect(find({ text: '+62-812-0000' })).toEqual(['anna']);
  expect(find({ text: 'toko budi' })).toEqual([]);
  expect(find({ status: 'error' })).toEqual(['budi']);
  expect(find({ status: 'attention' })).toEqual(['budi']);
  expect(find({ tag: 'shop' })).toEqual(['anna']);
  expect(tagsOf([anna, device('c', { tags: ['b', 'shop'] })])).toEqual(['b', 'shop']);
});

it('a person is called for what they can mend, and not for what they wanted', () => {
  expect(needsAttention(budi)).toBe(true);
  expect(needsAttention({ ...budi, cause: causeOf('connection_lost', null) })).toBe(false);
  expect(needsAttention({ ...budi, cause: causeOf('stopped', 'Connect') })).toBe(false);
  const lost = { code: 'messages_lost', reason: 'r', action: null, since: '' };
  expect(needsAttention({ ...anna, warnings: [lost] })).toBe(true);
});

it('a status frame changes its device and no other, and keeps what it does not tell', () => {
  const before = new Map([
    ['anna', device('anna', { qrCode: 'code' })],
    ['budi', budi],
  ]);
  const { qrCode: _qr, pairingCode: _code, ...told } = device('anna', { status: 'reconnecting' });
  const after = applyFrame(before, { type: 'status', at: '', ...told });
  expect(after.get('anna')).toMatchObject({ status: 'reconnecting', qrCode: 'code' });
  expect(after.get('anna')).not.toHaveProperty('type');
  expect(after.get('budi')).toBe(budi);
  expect(before.get('anna')?.status).toBe('connected');
  expect(countByStatus(after.values())).toEqual({ reconnecting: 1, error: 1 });
});

it('a new device comes, a removed one goes, and other news change nothing', () => {
  const before = new Map([['anna', anna]]);
  expect([...applyFrame(before, { type: 'status', ...budi }).keys()]).toEqual(['anna', 'budi']);
  expect(applyFrame(before, { type: 'disconnected', deviceId: 'anna', reason: 'removed' }).size).toBe(0);
  expect(applyFrame(before, { type: 'disconnected', deviceId: 'anna', reason: 'x' })).toBe(before);
  expect(applyFrame(before, { type: 'message', deviceId: 'anna' })).toBe(before);
  expect(applyFrame(before, { type: 'status', deviceId: 'anna' })).toBe(before);
});

it('pages are gone through forwards and back', () => {
  const second = nextPage(FIRST_PAGE, '50');
  expect(cursorOf(second)).toBe('50');
  expect(nextPage(second, null)).toBe(second);
  expect(cursorOf(previousPage(second))).toBe('');
  expect(previousPage(FIRST_PAGE)).toBe(FIRST_PAGE);
});

it('work for many is done a few at a time, all of it', async () => {
  const started: number[] = [];
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const work = inTurns([0, 1, 2], 2, async (index) => {
    started.push(index);
    await gates[index]?.promise;
  });
  expect(started).toEqual([0, 1]);
  gates[1]?.resolve();
  await gates[1]?.promise;
  gates[0]?.resolve();
  gates[2]?.resolve();
  await work;
  expect(started).toEqual([0, 1, 2]);
});
