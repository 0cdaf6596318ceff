import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { percentiles } from './support/load.ts';
import { cpuMsOf, end } from './support/messages.ts';
import { KEY, startOurServer } from './support/our-server.ts';
import { printTable, writeResult } from './support/report.ts';
import { startStorage } from './support/storage.ts';
import { type Receivers, startReceivers } from './webhooks/receivers.ts';

const API = '/api/whatsapp-multi-device';
const CALLERS = 10;

interface Figures {
  readonly storage: string;
  readonly receivers: string;
  /** At a steady rate. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** As fast as ten callers make events. */
  readonly eventsPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly cpuMsPerDelivery: number;
}

interface Plan {
  readonly storage: string;
  readonly good: number;
  readonly dead: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly burst: number;
}

/**
 * Events to twenty good receivers and one that hangs: from the event to its receipt at a steady rate, then how many go out
 * when events come as fast as they can be made, and the CPU of the server for each, less that of making the event.
 */
export async function benchWebhooks(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      good: { type: 'string', default: '20' },
      dead: { type: 'string', default: '0,1' },
      rate: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '10' },
      burst: { type: 'string', default: '200' },
      storage: { type: 'string', default: 'sqlite,mariadb' },
    },
  });
  const [good, perSecond, seconds, burst] = [values.good, values.rate, values.seconds, values.burst].map(
    Number,
  );
  const figures: Figures[] = [];
  for (const storage of values.storage.split(',')) {
    for (const dead of values.dead.split(',').map(Number)) {
      console.error(`${storage}, ${dead} dead`);
      const plan = {
        storage,
        dead,
        good: good ?? 0,
        perSecond: perSecond ?? 0,
        seconds: seconds ?? 0,
        burst: burst ?? 0,
      };
      figures.push(await measure(plan));
    }
  }
  printTable(figures.map(tableRow));
  console.log(`\n${writeResult('webhooks', figures)}`);
}

async function measure(plan: Plan): Promise<Figures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'wafleet-bench-'));
  const storage = await startStorage(plan.storage);
  const receivers = await startReceivers({ good: plan.good, hanging: plan.dead });
  const environment = { ...storage.environment, EGRESS_ALLOW: '127.0.0.1' };
  const server = await startOurServer({ dataDir, environment });
  try {
    await server.connected(0);
    const pool = new Pool(server.origin, { connections: CALLERS });
    const post = postTo(pool);
    await post('devices', { deviceId: 'bench' });
    const cpuOf = async (work: () => Promise<void>) => {
      const before = await cpuMsOf(server.child);
      await work();
      return (await cpuMsOf(server.child)) - before;
    };
    await makeEvents(post, plan.burst);
    const cpuOfEvents = await cpuOf(() => makeEvents(post, plan.burst));
    for (const url of receivers.urls) await post('webhooks', { url, events: ['schedule'] });
    const lags = await steadily(post, receivers, plan);
    const deliveries = plan.burst * plan.good;
    const startedAt = performance.now();
    const cpuMs = await cpuOf(async () => {
      await makeEvents(post, plan.burst);
      await receivers.received(deliveries);
    });
    const seconds = (performance.now() - startedAt) / 1000;
    await pool.destroy();
    return {
      storage: storage.name,
      receivers: `${plan.good} good, ${plan.dead} dead`,
      ...percentiles([...lags]),
      eventsPerSecond: plan.burst / seconds,
      deliveriesPerSecond: deliveries / seconds,
      cpuMsPerDelivery: (cpuMs - cpuOfEvents) / deliveries,
    };
  } finally {
    await end(server.child, 'SIGKILL');
    receivers.close();
    await storage.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Post = (path: string, body: object) => Promise<void>;

function postTo(pool: Pool): Post {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  return async (path, asked) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: `${API}/${path}`,
      headers,
      body: JSON.stringify(asked),
    });
    const answer = await body.text();
    if (statusCode !== 201) throw new Error(`a request was answered ${statusCode}: ${answer}`);
  };
}

/** A schedule for a day far away: of what a server tells, what costs it least to make. */
function makeEvent(post: Post): Promise<void> {
  const scheduleTime = '2098-01-01 09:00:00';
  return post('devices/bench/schedule-message', { to: '08123456789', message: 'hello', scheduleTime });
}

async function makeEvents(post: Post, count: number): Promise<void> {
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let made = caller; made < count; made += CALLERS) await makeEvent(post);
  });
  await Promise.all(callers);
}

/** From the event to each receipt, in ms. */
async function steadily(post: Post, receivers: Receivers, { perSecond, seconds, good }: Plan) {
  const count = perSecond * seconds;
  const startedAt = performance.now();
  for (let made = 0; made < count; made += 1) {
    await sleep(Math.max(0, startedAt + (made * 1000) / perSecond - performance.now()));
    await makeEvent(post);
  }
  await receivers.received(count * good);
  return receivers.takeLags();
}

function tableRow(figures: Figures): Record<string, string | number> {
  const rounded = (value: number, digits = 0) => Number(value.toFixed(digits));
  return {
    storage: figures.storage,
    receivers: figures.receivers,
    'p50 ms': rounded(figures.p50Ms),
    'p95 ms': rounded(figures.p95Ms),
    'p99 ms': rounded(figures.p99Ms),
    'events/s': rounded(figures.eventsPerSecond),
    'deliveries/s': rounded(figures.deliveriesPerSecond),
    'CPU ms/delivery': rounded(figures.cpuMsPerDelivery, 2),
  };
}
