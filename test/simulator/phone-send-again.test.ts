import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

let simulator: TestSimulator;
let ana: Phone;
let budi: Phone;

beforeEach(async () => {
  simulator = await startTestSimulator();
  ana = simulator.phone(ANA, 'Ana');
  budi = simulator.phone(BUDI, 'Budi');
});
afterEach(() => simulator.close());

/** The ciphertexts a phone was given under one id. */
function bytesFor(phone: Phone, id: string): string[] {
  const seen: string[] = [];
  const { deliver } = phone.port;
  phone.port.deliver = async (stanza) => {
    if (stanza.tag === 'message' && stanza.attrs.id === id) seen.push(JSON.stringify(stanza.content));
    await deliver(stanza);
  };
  return seen;
}

describe('a phone that sends again', () => {
  it('sends the same bytes, or encrypts anew, under the same id; the reader keeps one', async () => {
    const id = '3AAAAAAAAAAAAAAAAAAA';
    const seen = bytesFor(budi, id);
    await ana.sendText(BUDI, 'hello', { id });
    await waitForMessage(budi, (message) => message.id === id);
    await ana.sendAgain(id, 'identical');
    await ana.sendAgain(id, 're-encrypted');
    await ana.sendText(BUDI, 'the end');
    await waitForMessage(budi, ({ text }) => text === 'the end');

    expect(seen).toHaveLength(3);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).not.toBe(seen[0]);
    expect(budi.messages().filter((message) => message.id === id)).toHaveLength(1);
  });

  it('cannot send what it never sent', async () => {
    await expect(ana.sendAgain('3A00', 'identical')).rejects.toThrow('cannot send this message again');
  });
});
