import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { seedDataDir } from './connect/seed.ts';
import { textOf } from './outbox/bare-sends.ts';
import { percentiles, runLoad } from './support/load.ts';
import { ask, cpuMsOf, end } from './support/messages.ts';
import { KEY, startOurServer } from './support/our-server.ts';
import { printTable, writeResult } from './support/report.ts';
import { makeSessions } from './support/sessions.ts';
import { startStorage } from './support/storage.ts';

const DEVICES = 20;
const RECIPIENTS = 500;
const JOB_ITEMS = 10_000;
const WARM_UP_SECONDS = 2;
const API = '/api/whatsapp-multi-device';

interface Figures {
  readonly storage: string;
  readonly connections: number;
  readonly postsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerPost: number;
  /** Until a job of 10,000 items is answered 202; each of some jobs. */
  readonly jobMs: readonly number[];
  /** Of the server's process; the database has its own. */
  readonly cpuMsPerJob: number;
}

/** Accepting while devices are not connected: nothing but the way from the request to the disk. */
export async function benchAccept(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '40' },
      seconds: { type: 'string', default: '8' },
      jobs: { type: 'string', default: '5' },
      storage: { type: 'string', default: 'sqlite,mariadb' },
      profile: { type: 'string' },
    },
  });
  const figures: Figures[] = [];
  for (const storage of values.storage.split(',')) {
    console.error(storage);
    const [connections, seconds, jobs] = [values.connections, values.seconds, values.jobs].map(Number);
    const profile = values.profile && resolve(values.profile);
    figures.push(await measure({ storage, connections, seconds, jobs, profile }));
  }
  printTable(figures.map(tableRow));
  console.log(`\n${writeResult('accept', figures)}`);
}

interface Plan {
  readonly storage: string;
  readonly connections?: number | undefined;
  readonly seconds?: number | undefined;
  readonly jobs?: number | undefined;
  /** A folder for a CPU profile of the server while it takes jobs. */
  readonly profile: string | undefined;
}

async function measure({ connections = 0, seconds = 0, jobs = 0, profile, ...plan }: Plan): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-bench-'));
  const storage = await startStorage(plan.storage);
  try {
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    const sessions = makeSessions({ phonePrefix: '62812', count: DEVICES, preKeys: 1 });
    const { databaseUrl, environment } = storage;
    await seedDataDir(dataDir, sessions, { databaseUrl, desired: 'stopped' });
    const server = await startOurServer({ dataDir, environment });
    await server.connected(0);
    const pool = new Pool(server.origin, { connections });
    try {
      const paths = sessions.map(({ phoneNumber }) => `${API}/devices/bench-${phoneNumber}`);
      const post = postTo(pool, paths);
      await runPosts(post, connections, WARM_UP_SECONDS);
      const cpuBefore = await cpuMsOf(server.child);
      const result = await runPosts(post, connections, seconds);
      const cpuMs = (await cpuMsOf(server.child)) - cpuBefore;
      const sent = result.durationsMs.length;
      const { p50Ms, p99Ms } = percentiles(result.durationsMs);
      if (profile !== undefined) await ask(server.child, { kind: 'profile', file: null });
      const cpuBeforeJobs = await cpuMsOf(server.child);
      const jobMs = await runJobs(post, jobs);
      const cpuMsPerJob = ((await cpuMsOf(server.child)) - cpuBeforeJobs) / jobs;
      if (profile !== undefined) {
        const file = join(profile, `jobs-${storage.name}.cpuprofile`);
        await ask(server.child, { kind: 'profile', file });
      }
      return {
        storage: storage.name,
        connections,
        postsPerSecond: sent / result.seconds,
        p50Ms,
        p99Ms,
        cpuMsPerPost: cpuMs / sent,
        jobMs,
        cpuMsPerJob,
      };
    } finally {
      await pool.destroy();
      await end(server.child, 'SIGKILL');
    }
  } finally {
    await storage.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Posts to what is under one of the devices; throws unless it is answered 202. */
type Post = (device: number, path: string, body: object) => Promise<void>;

function postTo(pool: Pool, devices: readonly string[]): Post {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  return async (device, path, asked) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: `${devices[device % devices.length]}${path}`,
      headers,
      body: JSON.stringify(asked),
    });
    const answer = await body.text();
    if (statusCode !== 202) throw new Error(`a request was answered ${statusCode}: ${answer}`);
  };
}

function runPosts(post: Post, connections: number, seconds: number) {
  const recipients = Array.from({ length: RECIPIENTS }, (_, index) => recipient(index));
  const load = { senders: connections, recipients, recipientsEach: RECIPIENTS, seconds };
  return runLoad(load, (sender, to) =>
    post(sender, '/send-message?queue=true', { to, message: textOf(sender) }),
  );
}

async function runJobs(post: Post, jobs: number): Promise<number[]> {
  const messages = Array.from({ length: JOB_ITEMS }, (_, index) => ({
    to: recipient(index),
    message: textOf(index),
  }));
  const durations: number[] = [];
  for (let job = 0; job < jobs; job += 1) {
    const begun = performance.now();
    await post(job, '/jobs/send-text', { messages });
    durations.push(performance.now() - begun);
  }
  return durations;
}

function recipient(index: number): string {
  return `62814${String(index).padStart(6, '0')}`;
}

function tableRow(figures: Figures): Record<string, string | number> {
  const { p50Ms: jobMs } = percentiles(figures.jobMs);
  return {
    '': figures.storage,
    'POST/s': Math.round(figures.postsPerSecond),
    'p50 ms': figures.p50Ms.toFixed(1),
    'p99 ms': figures.p99Ms.toFixed(1),
    'CPU ms/POST': figures.cpuMsPerPost.toFixed(2),
    'job of 10,000 ms': Math.round(jobMs),
    'CPU ms/job': Math.round(figures.cpuMsPerJob),
    'slowest ms': Math.round(Math.max(...figures.jobMs)),
  };
}
