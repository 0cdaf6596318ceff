import { join } from 'node:path';
import { systemRandom } from '../../src/shared/random.ts';
import type { SimAccount } from '../../src/simulator/core.ts';
import { node } from '../../src/simulator/server/stanza.ts';
import { formatAddress } from '../../src/simulator/wire/jid.ts';
import { temporaryFolder } from './auth.ts';
import { type Running, receivedTexts, runServer, statusOf, waitForTexts } from './chaos-server.ts';
import { startTestSimulator, type TestSimulator } from './simulator.ts';

const ENTRY = join(import.meta.dirname, 'inbound-chaos-entry.ts');
const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const BROKEN = '6281200000004';
const OTHERS_EVERY = 50;

/** What a storm did to a server with two devices, of which it met the first. */
export interface StormReport {
  readonly ciphertexts: number;
  /** Refused by the first device, as WhatsApp saw it. */
  readonly refused: number;
  readonly seconds: number;
  /** Log lines about the first device, in the minute with the most. */
  readonly linesInWorstMinute: number;
  readonly heapGrowthMb: number;
  /** Written to both devices by somebody else meanwhile, and what of it arrived. */
  readonly written: number;
  readonly arrived: number;
  readonly warnings: readonly string[];
  readonly warningsOfOther: readonly string[];
  /** By the metric. */
  readonly counted: number;
}

interface Plan {
  readonly ciphertexts: number;
  readonly without: 'nothing' | 'log-limits';
}

/** One sender whose every message is damaged, as fast as the device refuses them. */
export async function storm({ ciphertexts, without }: Plan): Promise<StormReport> {
  const simulator = await startTestSimulator();
  const environment = { LOG_LEVEL: 'info', WITHOUT: without };
  const server = await runServer({ dataDir: temporaryFolder(), simulator, environment, entry: ENTRY });
  for (const [deviceId, number] of [['ana', ANA] as const, ['budi', BUDI] as const]) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
  // With a session the library gets as far as the MAC.
  await simulator.phone(BROKEN, 'Broken').sendText(ANA, 'the last that could be read');
  await waitForTexts(server, 'ana', ['the last that could be read']);
  const heapBefore = await heapOf(server);
  const startedAt = Date.now();
  const from = server.process.lines.all.length;

  const written: { readonly deviceId: string; readonly text: string }[] = [];
  const refused = () => refusals(simulator);
  for (let sent = 0; sent < ciphertexts; sent += 1) {
    await simulator.core.submit(BROKEN, damaged(simulator, sent));
    if (sent % OTHERS_EVERY === 0) {
      for (const [deviceId, to] of [['ana', ANA] as const, ['budi', BUDI] as const]) {
        const text = `${deviceId} ${sent}`;
        await simulator.phone(CITRA, 'Citra').sendText(to, text);
        written.push({ deviceId, text });
      }
    }
  }
  const { history } = simulator;
  while (refused() < ciphertexts)
    await history.waitFor(({ kind }) => kind === 'client-ack', { after: history.sequence });
  const endedAt = Date.now();
  const arrived: string[] = [];
  for (const deviceId of ['ana', 'budi']) {
    const texts = written.filter((each) => each.deviceId === deviceId).map(({ text }) => text);
    await waitForTexts(server, deviceId, texts);
    arrived.push(...(await receivedTexts(server, deviceId)).filter((text) => texts.includes(text)));
  }
  const report: StormReport = {
    ciphertexts,
    refused: refused(),
    seconds: Math.round((endedAt - startedAt) / 1_000),
    linesInWorstMinute: worstMinute(server.process.lines.all.slice(from)),
    heapGrowthMb: Math.round(((await heapOf(server)) - heapBefore) / 1024 / 1024),
    written: written.length,
    arrived: arrived.length,
    warnings: await warningsOf(server, 'ana'),
    warningsOfOther: await warningsOf(server, 'budi'),
    counted: await counterOf(server),
  };
  await server.kill();
  await simulator.close();
  return report;
}

function refusals({ history }: TestSimulator): number {
  const mine = `${ANA}:`;
  return history
    .of('client-ack')
    .filter(
      ({ error, class: kind, device }) => error !== null && kind === 'message' && device.startsWith(mine),
    ).length;
}

/** Well-formed, with a MAC that is none. */
function damaged({ core }: TestSimulator, number: number) {
  const ana = core.findAccount(ANA);
  if (!ana) throw new Error('nobody there');
  const enc = () => node('enc', { v: '2', type: 'msg' }, signalMessage());
  const participants = devicesOf(ana).map((jid) => node('to', { jid }, [enc()]));
  const attrs = {
    id: `BAD${String(number).padStart(17, '0')}`,
    to: `${ana.lid}@lid`,
    type: 'text',
    addressing_mode: 'lid',
    t: String(Math.floor(Date.now() / 1_000)),
  };
  return node('message', attrs, [node('participants', {}, participants)]);
}

function devicesOf({ lid, devices }: SimAccount): string[] {
  return [0, ...devices.map(({ device }) => device)].map((device) =>
    formatAddress({ user: lid, server: 'lid', device }),
  );
}

/** Version, ratchet key, counters, ciphertext, MAC. */
function signalMessage(): Uint8Array {
  const { bytes } = systemRandom;
  return Buffer.concat([
    Buffer.from([0x33, 0x0a, 33, 5]),
    bytes(32),
    Buffer.from([0x10, 1, 0x18, 0, 0x22, 32]),
    bytes(32),
    bytes(8),
  ]);
}

interface Line {
  readonly msg?: string;
  readonly time?: number | string;
  readonly deviceId?: string;
  readonly heapUsed?: number;
}

async function heapOf({ process: { child, lines } }: Running): Promise<number> {
  const from = lines.all.length;
  child.kill('SIGWINCH');
  const line = await lines.waitFor((each) => parse(each).msg === 'heap', from);
  return parse(line).heapUsed ?? 0;
}

function parse(line: string): Line {
  return line.startsWith('{') ? JSON.parse(line) : {};
}

function worstMinute(lines: readonly string[]): number {
  const minutes = Map.groupBy(
    lines.map(parse).filter(({ deviceId }) => deviceId === 'ana'),
    ({ time = 0 }) => Math.floor(new Date(time).getTime() / 60_000),
  );
  return Math.max(0, ...[...minutes.values()].map(({ length }) => length));
}

async function warningsOf(server: Running, deviceId: string): Promise<string[]> {
  const { warnings } = await statusOf(server, deviceId);
  return warnings.map(({ code }) => code);
}

async function counterOf({ api }: Running): Promise<number> {
  const { text } = await api.get('/metrics');
  const [, value = '0'] = /^wafleet_undecryptable_ciphertexts_total\{[^}]*\} (\d+)$/m.exec(text) ?? [];
  return Number(value);
}
