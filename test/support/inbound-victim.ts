import { createInterface } from 'node:readline';
import { type Database, openDatabase, type Statement } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { createConnectThrottle, DEFAULT_THROTTLE } from '../../src/devices/connect-throttle.ts';
import type { DeviceEvent } from '../../src/devices/device-events.ts';
import { createDeviceManager } from '../../src/devices/device-manager.ts';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import { createProxyTunnels } from '../../src/egress/proxy-tunnel.ts';
import { createLeaseKeeper } from '../../src/leases/lease-keeper.ts';
import { startMessageRecorder } from '../../src/messages/message-recorder.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createBaileysSockets } from '../../src/whatsapp/baileys-socket.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';
import { NO_FILES } from '../fakes/no-files.ts';
import { authStatesOn } from './auth.ts';
import { trustSimulator } from './companion.ts';
import { ingestOn } from './inbound.ts';

/** What the parent tells its victim, as JSON in the first argument. */
export interface VictimOrder {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly keyHex: string;
  readonly endpoint: string;
  readonly rootKeyHex: string;
  readonly deviceId: string;
  readonly journal: 'on' | 'off';
}

/**
 * A process that runs one device until it kills itself with SIGKILL: `before 3` or `after 3` on standard input arms it for the
 * third of the commits from then on that have to do with what is received. Says `{qr}`, `{status}` and `{commit}`.
 */
const order: VictimOrder = JSON.parse(process.argv[2] ?? '{}');
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const [clock, log] = [systemClock, silentLogger];
const deviceId = order.deviceId as DeviceId;
const RECEIVING = /\b(auth_key|auth_creds|inbound_journal|received_message)\b/;

let armed: { readonly side: string; readonly commit: number } | null = null;
let commits = 0;
createInterface({ input: process.stdin }).on('line', (line) => {
  const [side = '', commit = '0'] = line.split(' ');
  [armed, commits] = [{ side, commit: Number(commit) }, 0];
  say({ armed: line });
});

/** Dies before or after the commit it is armed for. */
async function counted<Result>(
  statements: readonly Statement[],
  commit: () => Promise<Result>,
): Promise<Result> {
  const isCounted = armed !== null && statements.some(({ text }) => RECEIVING.test(text));
  if (!isCounted) return commit();
  commits += 1;
  const number = commits;
  say({ commit: number });
  if (armed?.side === 'before' && armed.commit === number) process.kill(process.pid, 'SIGKILL');
  const result = await commit();
  if (armed?.side === 'after' && armed.commit === number) process.kill(process.pid, 'SIGKILL');
  return result;
}

function killable(database: Database): Database {
  return {
    ...database,
    run: (statement) => counted([statement], () => database.run(statement)),
    writeAtomically: (batch) => counted(batch.statements, () => database.writeAtomically(batch)),
  };
}

const database = killable(await openDatabase({ url: order.databaseUrl, log, clock }));
await migrate(database, { log });
trustSimulator(order.rootKeyHex);
const key = Buffer.from(order.keyHex, 'hex');
const authStates = authStatesOn(database, {
  keyRing: { id: 'victim', key, previous: [] },
  dataDir: order.dataDir,
});
const ids = createIds({ clock, random: systemRandom });
const rows = createDeviceRepository({
  database,
  clock,
  proxySealer: { seal: (text) => text, open: (text) => text },
});
const bus = createEventBus<DeviceEvent>((error) => {
  throw error;
});
bus.subscribe((event) => {
  if (event.type === 'qr') say({ qr: event.qr });
  if (event.type === 'state-changed') say({ status: event.state.status });
  if (event.type === 'caught-up') say({ status: 'caught-up' });
});
const inbound = ingestOn(database);
startMessageRecorder({
  devices: bus,
  async keep(deviceId, message) {
    const device = await rows.find(deviceId);
    await inbound.keep(deviceId, message, { jid: device?.jid ?? null, lid: device?.lid ?? null });
  },
  log,
});
inbound.published.subscribe(({ message }) => say({ stored: message.waMessageId }));
const sockets = createBaileysSockets({
  settings: {
    endpoint: order.endpoint,
    connectTimeoutMs: 5_000,
    queryTimeoutMs: 5_000,
    keepAliveIntervalMs: 30_000,
  },
  authStates,
  version: async () => [2, 3000, 1043857760],
  resends: { read: async () => ({}), write: async () => {} },
  findSent: async () => null,
  files: NO_FILES,
  random: systemRandom,
  tunnels: createProxyTunnels({ allowances: [], resolver: createFakeResolver(), clock }),
  media: null,
  inbound,
  inboundJournal: order.journal,
  ids,
  clock,
  log,
});
const leases = createLeaseKeeper({ database, clock, ids, log, dataDir: order.dataDir });
await leases.start();
const manager = createDeviceManager({
  rows,
  leases,
  sessions: authStates,
  bus,
  openSocket: sockets.open,
  forgetSocketCaches: sockets.forget,
  eraseChatStore: async () => {},
  throttle: createConnectThrottle({ clock, limits: DEFAULT_THROTTLE }),
  keepAliveMs: 30_000,
  refreshVersion: async () => false,
  random: systemRandom,
  clock,
  log,
});
if (!(await rows.find(deviceId))) {
  const settings = DEFAULT_DEVICE_SETTINGS;
  await rows.add({ deviceId, deviceName: null, tags: [], proxyUrl: null, settings });
}
await manager.start(deviceId);
