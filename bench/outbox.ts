import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Contender, startBare, startOurs } from './outbox/contenders.ts';
import { type Figures, tableRows } from './outbox/figures.ts';
import { measureAll } from './outbox/measure.ts';
import { ask, end, next } from './support/messages.ts';
import { printTable, writeResult } from './support/report.ts';
import { makeSessions, type StoredSession, writeSessions } from './support/sessions.ts';

const SIMULATOR = fileURLToPath(new URL('./support/simulator-process.ts', import.meta.url));
const PREFIXES = { bare: '62811', sqlite: '62812', mariadb: '62813', recipients: '62814' } as const;
const PRE_KEYS = 30;
const RECIPIENTS = 50;

/**
 * Durable sends through REST, one in flight per device, against a bare loop that waits for the same ack stanzas: rate,
 * latency, and the CPU time of the process that holds the sockets.
 */
export async function benchOutbox(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '1,20,100' },
      seconds: { type: 'string', default: '8' },
      only: { type: 'string', default: 'bare,sqlite,mariadb' },
      receipts: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-bench-'));
  try {
    const figures: Figures[] = [];
    for (const devices of values.devices.split(',').map(Number)) {
      const { receipts } = values;
      const profile = values.profile && resolve(values.profile);
      const contenders = values.only.split(',');
      const seconds = Number(values.seconds);
      figures.push(...(await compare({ devices, seconds, receipts, profile, contenders, folder })));
    }
    printTable(tableRows(figures));
    console.log(`\n${writeResult('outbox', figures)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Plan {
  readonly devices: number;
  readonly seconds: number;
  /** The recipients confirm what they get. */
  readonly receipts: boolean;
  readonly profile: string | undefined;
  readonly contenders: readonly string[];
  readonly folder: string;
}

async function compare({ folder, ...plan }: Plan): Promise<Figures[]> {
  const { devices, seconds, profile } = plan;
  console.error(`${devices} devices`);
  const stage = join(folder, String(devices));
  mkdirSync(stage);
  const simulator = fork(SIMULATOR, { execArgv: ['--max-old-space-size=2048'] });
  const contenders: Contender[] = [];
  try {
    const ready = await next(simulator, 'ready');
    if (ready.kind !== 'ready' || !ready.url || !ready.rootKeyHex)
      throw new Error('the simulator gave no address');
    const server = { url: ready.url, rootKeyHex: ready.rootKeyHex };
    const people = { phonePrefix: PREFIXES.recipients, count: RECIPIENTS, preKeys: PRE_KEYS };
    const sessions = makeSessions(people);
    await importSessions(simulator, join(stage, 'recipients.json'), sessions);
    const recipients = sessions.map(({ phoneNumber }) => phoneNumber);
    if (plan.receipts) await ask(simulator, { kind: 'phones', phoneNumbers: recipients });
    for (const name of ['bare', 'sqlite', 'mariadb'] as const) {
      if (!plan.contenders.includes(name)) continue;
      const own = makeSessions({ phonePrefix: PREFIXES[name], count: devices, preKeys: PRE_KEYS });
      const file = join(stage, `${name}.json`);
      await importSessions(simulator, file, own);
      const others = makeSessions({ phonePrefix: PREFIXES[name], count: devices, preKeys: PRE_KEYS });
      await importSessions(simulator, join(stage, 'others.json'), others.map(asOtherDevice));
      const ours = { sessions: own, storage: name, dataDir: join(stage, name) };
      contenders.push(name === 'bare' ? await startBare(server, file) : await startOurs(server, ours));
    }
    return await measureAll(contenders, { devices, recipients, seconds, profile });
  } finally {
    for (const contender of contenders) await contender.stop();
    await end(simulator, 'SIGKILL');
  }
}

/**
 * Every account has at least a phone beside us, which gets a copy of what we send; the library asks for the devices of one
 * without others with every message. This one is never online.
 */
function asOtherDevice(session: StoredSession): StoredSession {
  return { ...session, device: 2 };
}

async function importSessions(simulator: ChildProcess, file: string, sessions: readonly StoredSession[]) {
  writeSessions(file, sessions);
  await ask(simulator, { kind: 'import', file });
}
