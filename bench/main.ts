import '../src/node-version-guard.ts';
import { benchAccept } from './accept.ts';
import { benchConnect } from './connect.ts';
import { benchDashboard } from './dashboard.ts';
import { benchHistory } from './history.ts';
import { benchInbound } from './inbound.ts';
import { benchOutbox } from './outbox.ts';
import { benchWebhooks } from './webhooks.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  accept: benchAccept,
  connect: benchConnect,
  dashboard: benchDashboard,
  history: benchHistory,
  inbound: benchInbound,
  outbox: benchOutbox,
  webhooks: benchWebhooks,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench) {
  await bench(args);
} else {
  console.error(
    `Usage: npm run bench -- <name> [options], where <name> is one of: ${Object.keys(BENCHES).join(', ')}`,
  );
  process.exitCode = 64;
}
