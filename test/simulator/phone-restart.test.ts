import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WAMessage } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

let stateDir = '';
let simulator: TestSimulator;
let companion: Companion;

const hasText = (text: string) => (message: WAMessage) => message.message?.conversation === text;
const restart = async (whileStopped: () => void = () => undefined) => {
  const { port } = simulator;
  await simulator.close();
  whileStopped();
  simulator = await startTestSimulator({ stateDir, port });
};

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'simulator-'));
  simulator = await startTestSimulator({ stateDir });
  companion = createCompanion({ url: simulator.url });
  companion.connect();
  await simulator.phone(ANA, 'Ana').scanQr(await companion.nextQr());
  await companion.synced();
  await simulator.phone(BUDI, 'Budi').sendText(ANA, 'before');
  await companion.messages.waitFor(hasText('before'));
  await companion.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'answer' });
  await waitForMessage(simulator.phone(BUDI), ({ text }) => text === 'answer');
});
afterEach(async () => {
  await companion.stop();
  await simulator.close();
  rmSync(stateDir, { recursive: true });
});

describe('a simulator that was restarted', () => {
  it('has the same phones, which go on in the sessions they had', async () => {
    await restart();
    companion.connect();
    await companion.opened(2);
    const budi = simulator.phone(BUDI);
    expect(budi.messages().map(({ text, direction }) => [direction, text])).toEqual([
      ['sent', 'before'],
      ['received', 'answer'],
    ]);
    await budi.sendText(ANA, 'after');
    await companion.messages.waitFor(hasText('after'));
    await companion.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'still here' });
    await waitForMessage(budi, ({ text }) => text === 'still here');
    expect(simulator.history.of('receipt').filter(({ type }) => type === 'retry')).toEqual([]);
  });

  it('reads what was sent to a phone that lost its keys, after asking again', async () => {
    await restart(() => rmSync(join(stateDir, 'phones.journal')));
    companion.connect();
    await companion.opened(2);
    const budi = simulator.phone(BUDI);
    expect(budi.messages()).toEqual([]);
    await companion.socket().sendMessage(`${BUDI}@s.whatsapp.net`, { text: 'do you read me?' });
    await waitForMessage(budi, ({ text }) => text === 'do you read me?');
    expect(simulator.history.of('receipt').map(({ type }) => type)).toContain('retry');
  });
});
