import { systemRandom } from '../../src/shared/random.ts';
import { openPhoneStore } from '../../src/simulator/phone/phone-store.ts';
import { openSignalEndpoint } from '../../src/simulator/phone/signal-endpoint.ts';

/** Run as a process of its own by a test: makes libsignal say everything it has to say about its sessions. */
const open = (phoneNumber: string) =>
  openSignalEndpoint({ store: openPhoneStore(null), phoneNumber, random: systemRandom });

const alice = open('6281200000001');
const bob = open('6281200000002');
const toBob = { user: '100000000000002', device: 0 };
const toAlice = { user: '100000000000001', device: 0 };
for (const _turn of [1, 2, 3]) {
  await alice.startSession(toBob, bob.mintBundle());
  await bob.decrypt(toAlice, await alice.encrypt(toBob, Buffer.from('hello')));
}
await alice.decrypt(toBob, { type: 'msg', bytes: Buffer.alloc(80, 0x33) }).catch(() => undefined);
// biome-ignore lint/suspicious/noConsole: the test wants to see that this line, and only this one, gets out
console.log('somebody else may print');
