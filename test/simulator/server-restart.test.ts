import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Companion, createCompanion, trustSimulator } from '../support/companion.ts';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator.ts';
import { ANA, BUDI, textOf } from './server-parties.ts';

const COUNT = 30;

let stateDir = '';
let simulator: SimulatorProcess;
let companion: Companion;

const start = async (port = '0') => {
  simulator = await startSimulatorProcess(['--state-dir', stateDir, '--port', port]);
  trustSimulator(simulator.rootKey);
};

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'simulator-'));
  await start();
  companion = createCompanion({ url: simulator.url });
});
afterEach(async () => {
  await companion.stop();
  await simulator.stop();
  rmSync(stateDir, { recursive: true });
});

describe('a simulator that was killed with SIGKILL', () => {
  it('has the same root, the device is still linked, and no message was lost', async () => {
    const { rootKey, url } = simulator;
    for (const phoneNumber of [ANA, BUDI]) await simulator.call('POST', '/phones', { phoneNumber });
    companion.connect();
    await simulator.call('POST', `/phones/${ANA}/scan`, { qr: await companion.nextQr() });
    await companion.synced();
    await companion.socket().end(undefined);
    for (let number = 1; number <= COUNT; number += 1) {
      await simulator.call('POST', `/phones/${BUDI}/send`, { to: ANA, text: `number ${number}` });
    }
    await simulator.stop('SIGKILL');
    await start(new URL(url).port);
    expect(simulator.rootKey).toBe(rootKey);
    companion.connect();
    await companion.messages.waitFor((message) => textOf(message) === `number ${COUNT}`);
    const texts = companion.messages.all.map(textOf).filter((text) => text?.startsWith('number'));
    expect(texts).toEqual(Array.from({ length: COUNT }, (_, index) => `number ${index + 1}`));
    expect(companion.closes.all).not.toContain(401);
  });
});
