import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { temporaryFolder } from './auth.ts';
import { allow } from './history.ts';
import type { VictimOrder } from './inbound-victim.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { TestSimulator } from './simulator.ts';

const VICTIM = join(import.meta.dirname, 'inbound-victim.ts');

interface Line {
  readonly qr?: string;
  readonly status?: string;
  readonly armed?: string;
  readonly stored?: string;
}

interface Victim {
  readonly child: ChildProcess;
  readonly lines: Recorder<Line>;
  readonly exited: Promise<unknown>;
}

/** A device in a process of its own that is killed at each of its commits in turn. */
export interface CrashStage {
  /** Kills the device at this commit of the message that `send` sends, then starts it again. */
  crashAt(point: CrashPoint, send: () => Promise<string>): Promise<Outcome>;
  /** Sends a message and waits until it is stored. */
  settle(send: () => Promise<string>): Promise<void>;
  /** How often history has the message; live messages overtake those that waited, so it gets a while to come. */
  timesStored(waMessageId: string, patienceMs: number): Promise<number>;
  isReceipted(waMessageId: string): boolean;
}

export interface CrashPoint {
  readonly side: 'before' | 'after';
  readonly commit: number;
}

export interface Outcome {
  readonly waMessageId: string;
  /** False: there were fewer commits, and nothing was killed. */
  readonly killed: boolean;
}

export interface CrashStageOptions {
  readonly simulator: TestSimulator;
  readonly databaseUrl: string;
  readonly database: Database;
  readonly phoneNumber: string;
  readonly journal: 'on' | 'off';
}

export async function startCrashStage(options: CrashStageOptions): Promise<CrashStage> {
  const { simulator, database, databaseUrl, phoneNumber, journal } = options;
  const order: VictimOrder = {
    databaseUrl,
    dataDir: temporaryFolder(),
    keyHex: '07'.repeat(32),
    endpoint: simulator.url,
    rootKeyHex: simulator.rootKeyHex,
    deviceId: 'victim',
    journal,
  };
  let victim = startVictim(order);
  onTestFinished(async () => {
    victim.child.kill('SIGKILL');
    await victim.exited;
  });
  const isOnline = ({ status }: Line) => status === 'connected';
  const { qr = '' } = await victim.lines.waitFor(({ qr }) => qr !== undefined);
  await allow(database, { number: phoneNumber, status: 'aktif' });
  await simulator.phone(phoneNumber, 'Owner').scanQr(qr);
  await victim.lines.waitFor(isOnline);

  const isStored = (id: string) => victim.lines.waitFor(({ stored }) => stored === id);
  return {
    async crashAt({ side, commit }, send) {
      victim.child.stdin?.write(`${side} ${commit}\n`);
      await victim.lines.waitFor(({ armed }) => armed === `${side} ${commit}`);
      const waMessageId = await send();
      const ended = victim.exited.then(() => 'killed');
      const receipted = simulator.history
        .waitFor((record) => record.kind === 'receipt' && record.ids.includes(waMessageId))
        .then(() => isStored(waMessageId));
      const killed = (await Promise.race([ended, receipted])) === 'killed';
      if (killed) {
        victim = startVictim(order);
        await victim.lines.waitFor(isOnline);
      }
      return { waMessageId, killed };
    },
    async settle(send) {
      await isStored(await send());
    },
    async timesStored(waMessageId, patienceMs) {
      const find = () =>
        database.query({
          text: 'select 1 from history_message where wa_message_id = ?',
          params: [waMessageId],
        });
      const known = await find();
      if (known.length > 0) return known.length;
      await Promise.race([isStored(waMessageId), once(AbortSignal.timeout(patienceMs), 'abort')]);
      return (await find()).length;
    },
    isReceipted: (waMessageId) =>
      simulator.history.of('receipt').some(({ ids, type }) => type !== 'retry' && ids.includes(waMessageId)),
  };
}

function startVictim(order: VictimOrder): Victim {
  const child = spawn(process.execPath, [VICTIM, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(order.dataDir, '../wafleet-compiled') },
  });
  const lines = createRecorder<Line>();
  createInterface({ input: child.stdout }).on('line', (line) => lines.add(JSON.parse(line)));
  return { child, lines, exited: once(child, 'exit') };
}
