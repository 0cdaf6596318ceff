import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/shared/random.ts';
import { openPhoneStore } from '../../src/simulator/phone/phone-store.ts';
import { openSenderKeys, type SenderKeys } from '../../src/simulator/phone/sender-keys.ts';

const GROUP = '120363000000000001@g.us';
const ANA = { user: '100000000000001', device: 0 };

const keysOf = (phoneNumber: string) =>
  openSenderKeys({ store: openPhoneStore(null), phoneNumber, random: systemRandom });
const give = (from: SenderKeys, to: SenderKeys) =>
  to.learn(GROUP, ANA, from.distribution(GROUP) ?? new Uint8Array(0));
const say = (keys: SenderKeys, text: string) => keys.encrypt(GROUP, Buffer.from(text));
const read = (keys: SenderKeys, bytes: Uint8Array) => Buffer.from(keys.decrypt(GROUP, ANA, bytes)).toString();

describe('a sender key', () => {
  it('reads what comes late, and nothing twice', () => {
    const [ana, budi] = [keysOf('1'), keysOf('2')];
    ana.prepare(GROUP, ['budi']);
    give(ana, budi);
    const [one, two, three] = ['one', 'two', 'three'].map((text) => say(ana, text));
    if (!one || !two || !three) throw new Error('nothing was encrypted');
    expect([read(budi, three), read(budi, one), read(budi, two)]).toEqual(['three', 'one', 'two']);
    expect(() => read(budi, two)).toThrow('read before');
  });

  it('is not read without being given, nor when it was tampered with', () => {
    const [ana, budi] = [keysOf('1'), keysOf('2')];
    ana.prepare(GROUP, ['budi']);
    const message = Buffer.from(say(ana, 'one'));
    expect(() => read(budi, message)).toThrow('unknown');
    give(ana, budi);
    const forged = Buffer.from(say(ana, 'two'));
    forged[forged.length - 70] = (forged[forged.length - 70] ?? 0) ^ 1;
    expect(() => read(budi, forged)).toThrow();
    expect(() => read(budi, message)).toThrow('read before');
  });

  it('goes to newcomers as it is and is replaced when somebody who holds it leaves', () => {
    const ana = keysOf('1');
    expect(ana.prepare(GROUP, ['budi', 'cici'])).toEqual(['budi', 'cici']);
    ana.noteGiven(GROUP, ['budi', 'cici']);
    const key = Buffer.from(ana.distribution(GROUP) ?? []);
    expect(ana.prepare(GROUP, ['budi', 'cici', 'dewi'])).toEqual(['dewi']);
    expect(Buffer.from(ana.distribution(GROUP) ?? [])).toEqual(key);
    expect(ana.prepare(GROUP, ['budi'])).toEqual(['budi']);
    expect(Buffer.from(ana.distribution(GROUP) ?? [])).not.toEqual(key);
  });
});
