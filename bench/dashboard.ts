import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectOk } from '../test/support/client.ts';
import { type Dashboard, startDashboard } from '../test/support/dashboard.ts';
import { BUSY, CONTACT } from '../test/support/history-rows.ts';
import { type Feel, feel, type Visit } from './dashboard/measure.ts';
import { seedFleet } from './dashboard/seed.ts';
import { printTable, writeResult } from './support/report.ts';

const JOBS = 60;
const JOB_ITEMS = 10_000;

/** How fast the pages are drawn and how they answer to keys and scrolling, with a fleet and a history behind them. */
export async function benchDashboard(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '500' },
      messages: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'wafleet-bench-'));
  console.error(`writing ${values.devices} devices and ${values.messages} messages`);
  await seedFleet(dataDir, { devices: Number(values.devices), messages: Number(values.messages) });
  const dashboard = await startDashboard({
    dataDir,
    // The history is of the beginning of 2026.
    environment: { HISTORY_DAYS: '3650' },
  });
  try {
    const jobId = await makeJobs(dashboard);
    const figures: Feel[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      console.error(`round ${round + 1}`);
      figures.push(...(await visitAll(dashboard, jobId)));
    }
    const shown = middleOf(figures);
    printTable(shown.map((each) => ({ ...each })));
    console.log(`\n${writeResult('dashboard', figures)}`);
  } finally {
    await dashboard.stop();
  }
}

/** Jobs of devices that are away: they wait. The last one is as long as a job may be. */
async function makeJobs({ client }: Dashboard): Promise<string> {
  let jobId = '';
  for (let job = 0; job < JOBS; job += 1) {
    const many = job === JOBS - 1 ? JOB_ITEMS : 20;
    const messages = Array.from({ length: many }, (_, index) => ({
      to: `62812${String(index).padStart(7, '0')}`,
      message: `Notice ${index}`,
    }));
    const body = { name: `Notices ${job}`, messages };
    const path = `devices/dev-${job % 10}/jobs/send-text`;
    jobId = expectOk(await client.api.post<{ jobId: string }>(path, body)).data.jobId;
  }
  return jobId;
}

async function visitAll(dashboard: Dashboard, jobId: string): Promise<Feel[]> {
  const { page, context } = await dashboard.signIn();
  const devtools = await context.newCDPSession(page);
  const figures: Feel[] = [];
  for (const visit of visitsOf(dashboard.url, jobId)) figures.push(await feel(page, devtools, visit));
  await context.close();
  return figures;
}

function visitsOf(url: string, jobId: string): Visit[] {
  const chat = encodeURIComponent(`${CONTACT}@s.whatsapp.net`);
  return [
    {
      name: 'Devices',
      address: `${url}/#/devices`,
      row: (page) => page.getByRole('article').first(),
      scroller: null,
      field: (page) => page.getByLabel('Search'),
      keys: 'branch49',
    },
    {
      name: 'Chats, list',
      address: `${url}/#/chats?device=${BUSY.deviceId}`,
      row: (page) => page.locator('.chats-row').first(),
      scroller: '.virtual-box',
      field: (page) => page.getByLabel('Find a chat'),
      keys: '62812100',
    },
    {
      name: 'Chats, one',
      address: `${url}/#/chats?device=${BUSY.deviceId}&chat=${chat}`,
      row: (page) => page.locator('.chats-log li').first(),
      scroller: '.chats-log',
      field: (page) => page.getByLabel(/^Message to/),
      keys: 'goodmorning',
    },
    {
      name: 'Jobs',
      address: `${url}/#/jobs`,
      row: (page) => page.locator('.jobs-row').first(),
      scroller: null,
      field: (page) => page.getByLabel('State'),
      keys: 'pq',
    },
    {
      name: 'Job of 10,000',
      address: `${url}/#/jobs/${jobId}`,
      row: (page) => page.getByRole('row').nth(1),
      scroller: null,
      field: (page) => page.getByLabel('State of the message'),
      keys: 'w',
    },
  ];
}

/** Of each page the median of its rounds, the worst of what is the worst. */
function middleOf(figures: readonly Feel[]): Feel[] {
  const pages = [...new Set(figures.map(({ page }) => page))];
  return pages.map((page) => {
    const rounds = figures.filter((each) => each.page === page);
    const middle = (pick: (each: Feel) => number) =>
      rounds.map(pick).toSorted((one, other) => one - other)[Math.floor(rounds.length / 2)] ?? 0;
    return {
      page,
      firstPaint: middle(({ firstPaint }) => firstPaint),
      toList: middle(({ toList }) => toList),
      frameP95: middle(({ frameP95 }) => frameP95),
      frameWorst: Math.max(...rounds.map(({ frameWorst }) => frameWorst)),
      keyMedian: middle(({ keyMedian }) => keyMedian),
      keyWorst: Math.max(...rounds.map(({ keyWorst }) => keyWorst)),
    };
  });
}
