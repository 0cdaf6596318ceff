import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type InboundFigures, inboundRows, measureInbound, type Receiver } from './inbound/measure.ts';
import { type Contender, startBare, startOurs } from './outbox/contenders.ts';
import { ask, end, next } from './support/messages.ts';
import { printTable, writeResult } from './support/report.ts';
import { makeSessions, writeSessions } from './support/sessions.ts';

const SIMULATOR = fileURLToPath(new URL('./support/simulator-process.ts', import.meta.url));
const PREFIXES = { bare: '62811', sqlite: '62812', mariadb: '62813', people: '62814' } as const;
const PRE_KEYS = 30;
const PEOPLE = 50;
/** Who writes to each device. */
const PEOPLE_EACH = 5;

/**
 * What it costs to receive: texts of people who are known already, decrypted, confirmed and, with us, journalled, in the recent
 * list, in history and in the event log; against a bare loop that decrypts and confirms the same.
 */
export async function benchInbound(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '1,20' },
      messages: { type: 'string', default: '3000' },
      only: { type: 'string', default: 'bare,sqlite,mariadb' },
      profile: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-bench-'));
  try {
    const figures: InboundFigures[] = [];
    for (const devices of values.devices.split(',').map(Number)) {
      const plan = { devices, messages: Number(values.messages), only: values.only.split(',') };
      figures.push(
        ...(await compare({ ...plan, profile: values.profile && resolve(values.profile), folder })),
      );
    }
    printTable(inboundRows(figures));
    console.log(`\n${writeResult('inbound', figures)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Plan {
  readonly devices: number;
  /** For each contender, about. */
  readonly messages: number;
  readonly only: readonly string[];
  readonly profile: string | undefined;
  readonly folder: string;
}

async function compare({ devices, messages, only, profile, folder }: Plan): Promise<InboundFigures[]> {
  console.error(`${devices} devices`);
  const stage = join(folder, String(devices));
  mkdirSync(stage);
  const simulator = fork(SIMULATOR, { execArgv: ['--max-old-space-size=2048'] });
  const contenders: Contender[] = [];
  const receivers: Receiver[] = [];
  try {
    const ready = await next(simulator, 'ready');
    if (ready.kind !== 'ready' || !ready.url || !ready.rootKeyHex)
      throw new Error('the simulator gave no address');
    const server = { url: ready.url, rootKeyHex: ready.rootKeyHex };
    const people = Array.from(
      { length: PEOPLE },
      (_, index) => `${PREFIXES.people}${String(index).padStart(5, '0')}`,
    );
    await ask(simulator, { kind: 'phones', phoneNumbers: people });
    for (const name of ['bare', 'sqlite', 'mariadb'] as const) {
      if (!only.includes(name)) continue;
      const own = makeSessions({ phonePrefix: PREFIXES[name], count: devices, preKeys: PRE_KEYS });
      const file = join(stage, `${name}.json`);
      await importSessions(simulator, file, own);
      const ours = { sessions: own, storage: name, dataDir: join(stage, name), history: 'kept' } as const;
      const contender = name === 'bare' ? await startBare(server, file) : await startOurs(server, ours);
      contenders.push(contender);
      // Everybody has heard of each other, so that sessions are what they are between people who talk.
      await contender.run({
        senders: devices,
        recipients: people,
        recipientsEach: PEOPLE_EACH,
        seconds: null,
      });
      const writers = Object.fromEntries(
        own.map(({ phoneNumber }, index) => [phoneNumber, writersOf(people, index)]),
      );
      receivers.push({ ...contender, people: writers });
    }
    const each = Math.ceil(messages / 3 / (devices * PEOPLE_EACH));
    return await measureInbound(receivers, { simulator, devices, each, profile });
  } finally {
    for (const contender of contenders) await contender.stop();
    await end(simulator, 'SIGKILL');
  }
}

/** The same people whom the device writes to; see load.ts. */
function writersOf(people: readonly string[], device: number): string[] {
  return Array.from(
    { length: PEOPLE_EACH },
    (_, turn) => people[(device * PEOPLE_EACH + turn) % people.length] ?? '',
  );
}

async function importSessions(
  simulator: ChildProcess,
  file: string,
  sessions: ReturnType<typeof makeSessions>,
) {
  writeSessions(file, sessions);
  await ask(simulator, { kind: 'import', file });
}
