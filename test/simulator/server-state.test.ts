import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newGroup } from '../../src/simulator/server/group-model.ts';
import { opsOf } from '../../src/simulator/state/snapshot.ts';
import { decodeOp, encodeOp, type StateOp } from '../../src/simulator/state/state-op.ts';
import { openState, type StateStore } from '../../src/simulator/state/state-store.ts';

const PHONE = '6281200000001';
const bytes = (length: number, value = 7) => Buffer.alloc(length, value);
const preKeys = (...ids: number[]) =>
  Buffer.concat(ids.map((id) => Buffer.concat([Buffer.from([0, 0, id]), bytes(32, id)])));

const group = (subject: string, members: readonly string[]) =>
  newGroup({
    id: '1203630',
    addressing: 'lid',
    creator: PHONE,
    subject,
    inviteCode: 'code',
    now: 1,
    members,
  });

const OPS: readonly StateOp[] = [
  { kind: 'secret', name: 'noise', value: bytes(32) },
  { kind: 'account', phoneNumber: PHONE, lid: '100000000000001', pushName: 'Ana', lastDevice: 0 },
  { kind: 'push-name', phoneNumber: PHONE, pushName: 'Ana Maria' },
  { kind: 'setting', phoneNumber: PHONE, name: 'status', value: 'at the "beach"\n' },
  { kind: 'contact', phoneNumber: PHONE, other: '6281200000002' },
  { kind: 'block', phoneNumber: PHONE, jid: '2@lid' },
  { kind: 'block', phoneNumber: PHONE, jid: '3@lid' },
  { kind: 'unblock', phoneNumber: PHONE, jid: '2@lid' },
  { kind: 'patch', phoneNumber: PHONE, collection: 'regular', version: 1, patch: bytes(10, 1) },
  { kind: 'patch', phoneNumber: PHONE, collection: 'regular', version: 2, patch: bytes(10, 2) },
  {
    kind: 'device',
    phoneNumber: PHONE,
    device: 1,
    keyIndex: 4,
    noiseKey: bytes(32, 1),
    identityKey: bytes(32, 2),
    registrationId: 77,
    signedPreKeyId: 1,
    signedPreKey: bytes(32, 3),
    signature: bytes(64, 4),
  },
  { kind: 'device-greeted', phoneNumber: PHONE, device: 1 },
  { kind: 'pre-keys', phoneNumber: PHONE, device: 1, packed: preKeys(1, 2, 3) },
  { kind: 'pre-key-taken', phoneNumber: PHONE, device: 1 },
  { kind: 'pre-keys', phoneNumber: PHONE, device: 1, packed: preKeys(9) },
  {
    kind: 'signed-pre-key',
    phoneNumber: PHONE,
    device: 1,
    id: 2,
    publicKey: bytes(32, 5),
    signature: bytes(64, 6),
  },
  { kind: 'enqueue', phoneNumber: PHONE, device: 1, key: 'message|A|2', sequence: 1, stanza: bytes(20, 1) },
  { kind: 'enqueue', phoneNumber: PHONE, device: 1, key: 'message|A|2', sequence: 2, stanza: bytes(20, 2) },
  { kind: 'enqueue', phoneNumber: PHONE, device: 0, key: 'message|B|2', sequence: 3, stanza: bytes(20, 3) },
  { kind: 'dequeue', phoneNumber: PHONE, device: 1, key: 'message|A|2', sequence: 1 },
  { kind: 'group', group: group('first name', ['6281200000002']) },
  { kind: 'group', group: group('second name', []) },
  { kind: 'picture', owner: PHONE, id: '1', image: bytes(30, 1) },
  { kind: 'picture', owner: PHONE, id: '2', image: bytes(30, 2) },
  { kind: 'picture', owner: '6281200000002', id: '3', image: bytes(30, 3) },
  { kind: 'picture', owner: '6281200000002', id: '4', image: null },
];

let directory = '';
const everything = ({ world }: StateStore) => [...opsOf(world)].map(encodeOp);
const reopened = () => openState(directory);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'simulator-state-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the state of the simulator', () => {
  it('is the same after a restart', async () => {
    const first = openState(directory);
    for (const op of OPS) first.commit(op);
    const before = everything(first);
    await first.close();
    const second = reopened();
    expect(everything(second)).toEqual(before);
    const device = second.world.accounts.get(PHONE)?.devices.get(1);
    expect(device?.preKeys.peek()).toEqual({ id: 2, publicKey: bytes(32, 2) });
    expect(device?.preKeys.count).toBe(3);
    expect(second.world.accounts.get(PHONE)?.lastDevice).toBe(1);
    expect(second.world.sequence).toBe(3);
    await second.close();
  });

  it('has what was flushed when the process was killed', () => {
    const killed = openState(directory);
    for (const op of OPS) killed.commit(op);
    killed.flush();
    expect(everything(reopened())).toEqual(everything(killed));
  });

  it('ignores the line a kill has torn', () => {
    const killed = openState(directory);
    for (const op of OPS) killed.commit(op);
    killed.flush();
    const [journal = ''] = readdirSync(directory);
    appendFileSync(join(directory, journal), '{"kind":"push-name","phoneNumber":"62812');
    const second = reopened();
    expect(everything(second)).toEqual(everything(killed));
    second.commit({ kind: 'push-name', phoneNumber: PHONE, pushName: 'after' });
    second.flush();
    expect(reopened().world.accounts.get(PHONE)?.pushName).toBe('after');
  });

  it('refuses a file that is damaged in its middle', async () => {
    const first = openState(directory);
    for (const op of OPS) first.commit(op);
    await first.close();
    const [journal = ''] = readdirSync(directory);
    appendFileSync(join(directory, journal), 'garbage\n{"kind":"secret"}\n');
    expect(reopened).toThrow(SyntaxError);
  });

  it('compacts when it has grown, and loses nothing', async () => {
    const first = openState(directory);
    for (const op of OPS) first.commit(op);
    const stanza = bytes(1024 * 1024, 1);
    for (let sequence = 10; sequence < 60; sequence += 1) {
      const entry = { phoneNumber: PHONE, device: 1, key: `message|${sequence}|2`, sequence };
      first.commit({ kind: 'enqueue', ...entry, stanza });
      if (sequence % 2 === 0) first.commit({ kind: 'dequeue', ...entry });
      first.flush();
    }
    first.commit({ kind: 'push-name', phoneNumber: PHONE, pushName: 'after the compaction' });
    const before = everything(first);
    await first.close();
    expect(readdirSync(directory)).toContain('snapshot.jsonl');
    expect(everything(reopened())).toEqual(before);
  });

  it('does not pile up journals over many restarts', async () => {
    for (let start = 0; start < 12; start += 1) {
      const state = openState(directory);
      state.commit({
        kind: 'account',
        phoneNumber: `62812000${start}`,
        lid: `10000${start}`,
        pushName: '',
        lastDevice: 0,
      });
      await state.close();
    }
    expect(readdirSync(directory).length).toBeLessThan(8);
    expect(reopened().world.accounts.size).toBe(12);
  });

  it('is readable by its owner only', async () => {
    const state = openState(directory);
    for (const op of OPS) state.commit(op);
    await state.close();
    for (const name of readdirSync(directory)) {
      expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
    }
  });
});

describe('an operation', () => {
  it.each(OPS)('$kind survives its line', (op) => {
    expect(decodeOp(encodeOp(op))).toEqual(op);
  });
});
