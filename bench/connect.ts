import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bareLoop } from './connect/bare.ts';
import { type Figures, measure, tableRow } from './connect/measure.ts';
import { ourServer } from './connect/ours.ts';
import { seedDataDir } from './connect/seed.ts';
import { ask, end, next } from './support/messages.ts';
import { printTable, writeResult } from './support/report.ts';
import { makeSessions, writeSessions } from './support/sessions.ts';

const SIMULATOR = fileURLToPath(new URL('./support/simulator-process.ts', import.meta.url));
const PREFIXES = { bare: '62811', ours: '62812' } as const;

interface Plan {
  readonly devices: number;
  readonly preKeys: number;
  readonly paced: boolean;
  readonly only: readonly string[];
  readonly folder: string;
}

/**
 * N devices open from stored sessions, ours against a bare loop, on the same simulator process: time until all are open,
 * memory per device, event-loop lag, opening again after a mass drop and after `kill -9`.
 */
export async function benchConnect(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '100,500' },
      'pre-keys': { type: 'string', default: '30' },
      paced: { type: 'boolean', default: false },
      only: { type: 'string', default: 'bare,ours' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-bench-'));
  try {
    const figures: Figures[] = [];
    for (const devices of values.devices.split(',').map(Number)) {
      const plan = {
        devices,
        preKeys: Number(values['pre-keys']),
        paced: values.paced,
        only: values.only.split(','),
        folder,
      };
      figures.push(...(await compare(plan)));
    }
    printTable(figures.map(tableRow));
    console.log(`\n${writeResult('connect', figures)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare({ devices, preKeys, paced, only, folder }: Plan): Promise<Figures[]> {
  console.error(`${devices} devices: making sessions`);
  const bareFile = join(folder, `bare-${devices}.json`);
  const oursFile = join(folder, `ours-${devices}.json`);
  const none = join(folder, 'none.json');
  const oursSessions = makeSessions({ phonePrefix: PREFIXES.ours, count: devices, preKeys });
  writeSessions(none, []);
  writeSessions(bareFile, makeSessions({ phonePrefix: PREFIXES.bare, count: devices, preKeys }));
  writeSessions(oursFile, oursSessions);
  const dataDir = join(folder, `data-${devices}`);
  const emptyDir = join(folder, `empty-${devices}`);
  for (const path of [dataDir, emptyDir]) mkdirSync(path);
  await seedDataDir(dataDir, oursSessions);
  await seedDataDir(emptyDir, []);

  const simulator = fork(SIMULATOR, { execArgv: ['--max-old-space-size=2048'] });
  const ready = await next(simulator, 'ready');
  if (ready.kind !== 'ready' || !ready.url || !ready.rootKeyHex)
    throw new Error('the simulator gave no address');
  const server = { url: ready.url, rootKeyHex: ready.rootKeyHex };
  await ask(simulator, { kind: 'import', file: bareFile });
  await ask(simulator, { kind: 'import', file: oursFile });
  const contenders = {
    bare: [bareLoop({ ...server, file: bareFile }), bareLoop({ ...server, file: none })],
    ours: [
      ourServer({ ...server, dataDir, devices, paced }),
      ourServer({ ...server, dataDir: emptyDir, devices: 0, paced }),
    ],
  } as const;
  try {
    const figures: Figures[] = [];
    for (const name of ['bare', 'ours'] as const) {
      if (!only.includes(name)) continue;
      const [contender, empty] = contenders[name];
      figures.push(await measure({ contender, empty, devices, phonePrefix: PREFIXES[name], simulator }));
    }
    return figures;
  } finally {
    await stop(simulator);
  }
}

function stop(simulator: ChildProcess): Promise<void> {
  return end(simulator, 'SIGKILL');
}
