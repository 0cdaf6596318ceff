import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCompanion, trustSimulator } from '../support/companion.ts';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CLI = join(import.meta.dirname, '../../src/simulator/cli.ts');

let stateDir = '';
let running: SimulatorProcess[] = [];

const start = async (...args: string[]) => {
  const simulator = await startSimulatorProcess(args);
  running.push(simulator);
  trustSimulator(simulator.rootKey);
  return simulator;
};

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'simulator-'));
});
afterEach(async () => {
  for (const { child } of running.filter(
    ({ child: { exitCode, signalCode } }) => exitCode === null && !signalCode,
  )) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  running = [];
  rmSync(stateDir, { recursive: true });
});

describe('the simulator as a process', () => {
  it('knows its devices and phones again after it was killed', async () => {
    const first = await start('--state-dir', stateDir);
    await first.call('POST', '/phones', { phoneNumber: ANA, pushName: 'Ana' });
    await first.call('POST', '/phones', { phoneNumber: BUDI, pushName: 'Budi' });
    const companion = createCompanion({ url: first.url });
    companion.connect();
    await first.call('POST', `/phones/${ANA}/scan`, { qr: await companion.nextQr() });
    await companion.synced();
    await first.call('POST', `/phones/${BUDI}/send`, { to: ANA, text: 'before' });
    await companion.messages.waitFor(({ message }) => message?.conversation === 'before');
    const { port } = new URL(first.url);
    expect(await first.stop('SIGKILL')).toBeNull();

    const second = await start('--state-dir', stateDir, '--port', port);
    expect(second.rootKey).toBe(first.rootKey);
    // Sent while the device is away: it waits in the queue.
    await second.call('POST', `/phones/${BUDI}/send`, { to: ANA, text: 'meanwhile' });
    companion.connect();
    await companion.messages.waitFor(({ message }) => message?.conversation === 'meanwhile');
    await companion.stop();
  });

  it('does not share its state directory with another that lives', async () => {
    const first = await start('--state-dir', stateDir);
    await expect(start('--state-dir', stateDir)).rejects.toThrow(
      'Another simulator is using the state directory',
    );
    await first.stop('SIGKILL');
    const second = await start('--state-dir', stateDir);
    expect(await second.stop()).toBe(0);
    await start('--state-dir', stateDir);
  });

  it('ends on SIGTERM with 0, and when its parent lets go of it', async () => {
    expect(await (await start()).stop('SIGTERM')).toBe(0);
    const { child } = await start();
    child.stdin?.end();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('takes the token it is given', async () => {
    const simulator = await start('--token', 'a-token-of-ours');
    expect(simulator.controlToken).toBe('a-token-of-ours');
    await simulator.call('GET', '/phones');
  });

  it('serves TLS with a CA it names', async () => {
    const simulator = await start('--tls');
    expect(simulator.url).toMatch(/^wss:/);
    const agent = new Agent({ ca: readFileSync(simulator.caFile) });
    const companion = createCompanion({ url: simulator.url, config: { agent } });
    companion.connect();
    const scan = request(new URL('/admin/mock-phone/scan-qr', simulator.url.replace(/^wss/, 'https')), {
      method: 'POST',
      agent,
    });
    scan.end(await companion.nextQr());
    const [response] = await once(scan, 'response');
    response.resume();
    expect(response.statusCode).toBe(200);
    await companion.opened();
    await companion.stop();
  });

  it.each([
    [['--port', 'many'], '--port must be a port number'],
    [['--colour', 'red'], 'colour'],
  ])('refuses %j in one line', async (args, complaint) => {
    const outcome = promisify(execFile)(process.execPath, [CLI, ...args]);
    await expect(outcome).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(complaint) });
  });

  it('says so when its port is taken', async () => {
    const { port } = new URL((await start()).url);
    await expect(startSimulatorProcess(['--port', port])).rejects.toThrow('EADDRINUSE');
  });
});
