import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { type Clock, systemClock } from '../shared/clock.ts';
import { type Logger, silentLogger } from '../shared/logger.ts';
import { type Random, systemRandom } from '../shared/random.ts';
import type { SimulatorCore } from './core.ts';
import { createFaultPlan, type FaultPlan } from './faults/fault-plan.ts';
import { serveConnection } from './server/connection.ts';
import type { ServerContext } from './server/context.ts';
import { createDelivery } from './server/delivery.ts';
import { createDirectory, deviceJid } from './server/directory.ts';
import { type Ending, endSession } from './server/endings.ts';
import { CHAT_PATH, LOOPBACK, openFront } from './server/front.ts';
import { createHistory, type History } from './server/history.ts';
import { openServerIdentity, type ServerIdentity } from './server/identity.ts';
import { type ImportedDevice, importDevice } from './server/import-device.ts';
import { logIn } from './server/login.ts';
import { createRegistration, type Registration } from './server/registration.ts';
import { createServerCore } from './server/server-core.ts';
import { createSessions } from './server/session.ts';
import { createSubmissions } from './server/submissions.ts';
import { lockState, type StateLock } from './state/state-lock.ts';
import { openState } from './state/state-store.ts';
import type { NoiseSession } from './wire/noise.ts';
import { createNoiseResponder } from './wire/noise.ts';
import { decodeProto } from './wire/proto.ts';

export interface SimulatorOptions {
  /** Loopback only; anything else is refused. */
  readonly host?: string;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** Accounts, keys and queues are kept here and survive a restart; null, the default, keeps them in memory. */
  readonly stateDir?: string | null;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
  /** PEM; with it the WebSocket is wss. */
  readonly tls?: { readonly keyPem: string; readonly certPem: string } | null;
  /** Makes the chances of faults repeatable. */
  readonly seed?: string;
  /** Records the history keeps; 0 keeps none, for load tests. */
  readonly historyLimit?: number;
  /** `host:port` of the media hosts clients are sent to. */
  readonly mediaHosts?: readonly string[];
  /** Answers plain HTTP requests on the WebSocket's port; false means 404. */
  readonly onRequest?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** A running server. */
export interface Simulator {
  readonly core: SimulatorCore;
  /** `ws://127.0.0.1:PORT/ws/chat`, or `wss:`. */
  readonly url: string;
  readonly port: number;
  /** What clients have to trust instead of WhatsApp's own root; 64 hex digits. */
  readonly rootKeyHex: string;
  readonly history: History;
  readonly faults: FaultPlan;
  /** Ends the session of a linked device now. False when it is not online. */
  endConnection(device: { readonly phoneNumber: string; readonly device: number }, ending: Ending): boolean;
  /** Registers an account and a device that were never paired here, so that stored sessions can log in. */
  importDevice(device: ImportedDevice): void;
  close(): Promise<void>;
}

/**
 * Starts a WhatsApp server of our own on loopback. Rejects when the port is taken, the state cannot be read, or another
 * simulator uses its directory.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = LOOPBACK } = options;
  if (host !== LOOPBACK && host !== 'localhost') throw new Error(`The simulator listens on ${LOOPBACK} only`);
  const lock = options.stateDir ? lockState(options.stateDir) : null;
  try {
    return await openSimulator(options, lock);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function openSimulator(options: SimulatorOptions, lock: StateLock | null): Promise<Simulator> {
  const { port = 0, tls = null } = options;
  const context = createContext(options);
  const { state, faults, history } = context;
  const identity = openServerIdentity(state, context);
  const registration = createRegistration(context);
  const shutdown = new AbortController();
  const front = await openFront({
    port,
    tls,
    onSocket: (socket) => serveSocket(context, { socket, identity, registration, shutdown: shutdown.signal }),
    onRequest: options.onRequest ?? (() => false),
    refusal() {
      const fault = faults.strike(['http-status'], null);
      if (fault) history.append({ kind: 'upgrade-refused', status: fault.status });
      return fault;
    },
  });
  return {
    core: createServerCore(context, registration),
    url: `${tls ? 'wss' : 'ws'}://${LOOPBACK}:${front.port}${CHAT_PATH}`,
    port: front.port,
    rootKeyHex: identity.authority.rootKeyHex,
    history,
    faults,
    endConnection({ phoneNumber, device }, ending) {
      const account = context.directory.find(phoneNumber);
      const session = account && context.sessions.get({ account, device });
      if (session) endSession(session, ending, 'fault');
      return Boolean(session);
    },
    importDevice: (device) => importDevice(context, device),
    async close() {
      shutdown.abort();
      await front.close();
      await context.delivery.quiet();
      await state.close();
      lock?.release();
    },
  };
}

function createContext(options: SimulatorOptions): ServerContext {
  const { clock = systemClock, random = systemRandom, log = silentLogger, seed = 'simulator' } = options;
  const { historyLimit } = options;
  const state = openState(options.stateDir ?? null);
  const history = createHistory({ clock, ...(historyLimit !== undefined && { keep: historyLimit }) });
  const faults = createFaultPlan({
    seed,
    onStrike(fault, action, subject) {
      const device = subject ? `${subject.phoneNumber}:${subject.device}` : null;
      history.append({ kind: 'fault', fault, action, device });
    },
  });
  const directory = createDirectory({ state });
  const sessions = createSessions();
  const delivery = createDelivery({ state, directory, sessions, faults, history, clock, log });
  let lastId = 0;
  // Ids of another process of the same server must not be taken for ours: queued stanzas outlive a restart.
  const prefix = random.bytes(4).toString('hex');
  const nextId = () => {
    lastId += 1;
    return `${prefix}-${lastId}`;
  };
  const { mediaHosts = [] } = options;
  const submissions = createSubmissions();
  const shared = { clock, random, log, state, directory, sessions, delivery, faults, history };
  return { ...shared, submissions, mediaHosts, nextId };
}

const NO_CHAIN = new Uint8Array();

interface Visit {
  readonly socket: WebSocket;
  readonly identity: ServerIdentity;
  readonly registration: Registration;
  /** Aborted when the simulator closes. */
  readonly shutdown: AbortSignal;
}

function serveSocket(context: ServerContext, { socket, identity, registration, shutdown }: Visit): void {
  const { history, random, state, faults } = context;
  const id = context.nextId();
  let device: string | null = null;
  history.append({ kind: 'connection-opened', connection: id });
  serveConnection({
    id,
    socket,
    createResponder: (header) =>
      createNoiseResponder({
        serverStatic: identity.noiseKey,
        certificateChain: faults.strike(['no-certificate'], null) ? NO_CHAIN : identity.certificateChain,
        header,
        random,
      }),
    beforeSending: () => state.flush(),
    onProblem: (problem) => history.append({ kind: 'protocol-error', connection: id, problem }),
    onClosed(reason) {
      const why = shutdown.aborted ? 'shutdown' : reason;
      history.append({ kind: 'connection-closed', connection: id, device, reason: why });
    },
    welcome(connection, { clientPayload, clientStatic }: NoiseSession) {
      const payload = decodeProto('ClientPayload', clientPayload);
      if (payload.username) {
        device = deviceNameOf(context, payload.username, payload.device ?? 0);
        return logIn(context, connection, { payload, noiseKey: clientStatic });
      }
      const listener = registration.offer(connection, payload, clientStatic);
      if (listener) return listener;
      connection.cut('protocol-error');
      return { onStanza() {}, onClosed() {} };
    },
  });
}

function deviceNameOf({ directory }: ServerContext, username: number, device: number): string | null {
  const account = directory.find(String(username));
  return account && deviceJid({ account, device });
}
