import type { FaultAction } from '../../src/simulator/faults/fault.ts';
import type { Ending } from '../../src/simulator/server/endings.ts';
import type { DisconnectCause } from '../../src/whatsapp/disconnect.ts';
import type { Actor, Stage } from './chaos-stage.ts';
import { expectOk } from './client.ts';

/** One way a connection ends, and what a caller of the API must see of it. */
export interface Ordeal {
  readonly name: string;
  /** The number that stands for it in docs/causes.md; null where it has none. */
  readonly code: number | null;
  readonly device: 'paired' | 'new';
  /** What must have happened before the end that counts. */
  prepare?(actor: Actor, stage: Stage): Promise<void>;
  provoke(actor: Actor, stage: Stage): void | Promise<void>;
  readonly status: 'connecting' | 'reconnecting' | 'disconnected' | 'logged_out' | 'error';
  readonly source: string;
  /** When the next attempt is due, in ms from the end: at least and at most. Null: never by itself. */
  readonly retryInMs: readonly [number, number] | null;
  /** What remains of the stored session. */
  readonly session: 'kept' | 'set aside';
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
type Window = readonly [number, number];
const NOW: Window = [0, SECOND];
/** The jitter on top of a penalty: a tenth of it, at most a minute. */
const penalty = (ms: number): Window => [ms, ms + Math.min(ms / 10, MINUTE)];

const retries = (source: string, retryInMs: Window = NOW) =>
  ({ device: 'paired', status: 'reconnecting', source, retryInMs, session: 'kept' }) as const;
const stops = (source: string, session: Ordeal['session']) =>
  ({ device: 'paired', status: 'error', source, retryInMs: null, session }) as const;

const ending = (how: Ending): Pick<Ordeal, 'name' | 'provoke'> => ({
  name: `the server ends it: ${JSON.stringify(how)}`,
  provoke: (actor) => actor.end(how),
});
const meeting = (fault: FaultAction): Pick<Ordeal, 'name' | 'provoke'> => ({
  name: `the next connection meets ${JSON.stringify(fault)}`,
  provoke: (actor) => actor.meet(fault),
});
const failure = (code: number, attributes: Record<string, string> = {}) => ({
  ...meeting({ kind: 'login-failure', reason: String(code), attributes }),
  code,
});
const upgrade = (status: number, retryAfterSeconds?: number) => ({
  ...meeting({ kind: 'http-status', status, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }),
  code: status,
});
/** `times` in a row, connected again in between. */
const again = (times: number, how: Ending): Pick<Ordeal, 'name' | 'prepare' | 'provoke'> => ({
  name: `${times} times in a row: ${JSON.stringify(how)}`,
  async prepare(actor, { server }) {
    for (let count = 1; count < times; count += 1) {
      const from = server.events.length;
      actor.end(how);
      await actor.status(({ cause }) => cause !== null, from);
      await actor.restart();
      await actor.connected();
    }
  },
  provoke: (actor) => actor.end(how),
});

const REPLACED: Ending = { kind: 'conflict', type: 'replaced' };

/**
 * Every row of the disconnect table that the other side can provoke, by the cause it must show. A cause without a row does
 * not compile.
 */
export const ORDEALS: Record<DisconnectCause, readonly Ordeal[]> = {
  restart_required: [
    {
      ...ending({ kind: 'stream-error', code: '515' }),
      ...retries('stream', [0, 0]),
      code: 515,
      status: 'connecting',
    },
  ],
  connection_lost: [
    { ...ending({ kind: 'stream-end' }), ...retries('local'), code: 428 },
    { ...ending({ kind: 'close' }), ...retries('local'), code: 428 },
    { ...ending({ kind: 'cut' }), ...retries('local'), code: 428 },
    { ...ending({ kind: 'silence' }), ...retries('local'), code: 408 },
    { ...meeting({ kind: 'drop-tcp', at: 'login' }), ...retries('local'), code: 428 },
    // The first one ends a connection that had lasted, so it does not count.
    {
      ...again(6, { kind: 'cut' }),
      ...retries('local', penalty(5 * MINUTE)),
      code: 428,
    },
  ],
  server_error: [
    { ...ending({ kind: 'stream-error' }), ...retries('stream'), code: null },
    { ...ending({ kind: 'stream-error', code: '500' }), ...retries('stream'), code: 500 },
    { ...ending({ kind: 'stream-error', code: '503' }), ...retries('stream'), code: 503 },
    { ...meeting({ kind: 'stream-error', at: 'login', code: '503' }), ...retries('stream'), code: 503 },
    // Pairing brings a 515 of its own, so one of these may be a failure too many already.
    {
      ...again(4, { kind: 'stream-error', code: '515' }),
      ...retries('stream', [0, 2 * SECOND]),
      code: null,
    },
    { ...failure(500), ...retries('failure') },
    { ...failure(503), ...retries('failure') },
    { ...upgrade(500), ...retries('upgrade') },
    { ...upgrade(502), ...retries('upgrade'), code: null },
    { ...upgrade(503), ...retries('upgrade') },
    { ...upgrade(503, 60), ...retries('upgrade', penalty(MINUTE)) },
  ],
  throttled: [
    { ...upgrade(429, 90), ...retries('upgrade', penalty(90 * SECOND)) },
    { ...upgrade(429), ...retries('upgrade', penalty(5 * MINUTE)) },
  ],
  egress_blocked: [
    { ...upgrade(403), ...retries('upgrade', penalty(30 * SECOND)) },
    { ...upgrade(404), ...retries('upgrade', penalty(30 * SECOND)) },
  ],
  logged_out: [
    {
      name: 'the owner unlinks the device on the phone',
      code: 401,
      ...stops('stream', 'set aside'),
      status: 'logged_out',
      provoke: (actor, { simulator }) => simulator.phone(actor.phoneNumber).removeDevice(1),
    },
    {
      ...ending({ kind: 'stream-error', code: '401' }),
      ...stops('stream', 'set aside'),
      code: 401,
      status: 'logged_out',
    },
    { ...failure(401), ...stops('failure', 'set aside'), status: 'logged_out' },
  ],
  logout_requested: [
    {
      name: 'we log out ourselves',
      code: null,
      ...stops('operator', 'set aside'),
      status: 'logged_out',
      async provoke({ deviceId }, { server }) {
        expectOk(await server.api.delete(`devices/${deviceId}/disconnect`));
      },
    },
  ],
  temp_banned: [
    {
      ...failure(402, { code: '101', expire: '600' }),
      ...retries('failure', penalty(10 * MINUTE)),
      status: 'error',
    },
    {
      ...failure(402, { code: '106', expire: '86400' }),
      ...retries('failure', penalty(24 * 60 * MINUTE)),
      status: 'error',
    },
    { ...failure(402), ...retries('failure', penalty(60 * MINUTE)) },
  ],
  account_locked: [{ ...failure(403), ...stops('failure', 'set aside') }],
  banned: [{ ...failure(406), ...stops('failure', 'set aside') }],
  // The sandbox may not ask the internet for a newer version, so the one try with it does not happen here.
  client_outdated: [{ ...failure(405), ...stops('failure', 'kept') }],
  conflict: [
    { ...ending(REPLACED), ...retries('stream', penalty(30 * SECOND)), code: 440 },
    {
      ...meeting({ kind: 'conflict-replaced', at: 'login' }),
      ...retries('stream', penalty(30 * SECOND)),
      code: 440,
    },
    { ...again(3, REPLACED), ...stops('stream', 'kept'), code: 440 },
  ],
  owned_elsewhere: [
    {
      name: 'another process took the lease, and the server says that we are replaced',
      code: 440,
      ...stops('cluster', 'kept'),
      status: 'disconnected',
      provoke(actor, stage) {
        stealLease(actor.deviceId, stage);
        actor.end(REPLACED);
      },
    },
  ],
  qr_expired: [
    {
      name: 'nobody scans while there are QR codes',
      code: null,
      ...stops('local', 'kept'),
      device: 'new',
      status: 'disconnected',
      async provoke({ deviceId }, { server, simulator }) {
        simulator.faults.add({ kind: 'qr-references', count: 0, times: 1 });
        expectOk(await server.api.post(`devices/${deviceId}/connect`));
      },
    },
  ],
  pairing_failed: [
    {
      name: 'the first login after the phone confirmed is refused',
      code: 401,
      ...retries('failure'),
      device: 'new',
      async provoke({ deviceId, phoneNumber }, { server, simulator }) {
        simulator.faults.add({ kind: 'login-failure', reason: '401', times: 1, target: { phoneNumber } });
        await simulator.phone(phoneNumber).scanQr(await server.showQr(deviceId));
      },
    },
  ],
  pairing_refused: [
    {
      name: 'the server closes every attempt to pair at once',
      code: null,
      ...stops('local', 'kept'),
      device: 'new',
      async provoke(actor, { server, wire }) {
        wire.setMode('slam');
        const from = server.events.length;
        expectOk(await server.api.post(`devices/${actor.deviceId}/connect`));
        await actor.status(({ status }) => status === 'error', from);
        wire.setMode(null);
      },
    },
  ],
  link_refused: [{ ...failure(411), ...stops('failure', 'kept') }],
  protocol_error: [
    ...[400, 409, 413, 414, 415, 418, 501].map(
      (code): Ordeal => ({ ...failure(code), ...retries('failure', penalty(5 * MINUTE)) }),
    ),
    {
      ...failure(409),
      name: 'the third refusal in a row',
      ...stops('failure', 'kept'),
      async prepare(actor, { server }) {
        for (let count = 1; count < 3; count += 1) {
          const from = server.events.length;
          await actor.meet({ kind: 'login-failure', reason: '409' });
          await actor.status(({ status }) => status === 'reconnecting', from);
        }
      },
    },
  ],
  // A wrong root key alone is not noticed: rc14 of the library drops the verdict on the chain's signatures.
  tls_mitm_suspect: [
    { ...meeting({ kind: 'no-certificate' }), ...stops('local', 'kept'), code: null },
    {
      name: 'a server without a certificate offers to pair',
      code: null,
      ...stops('local', 'kept'),
      device: 'new',
      async provoke({ deviceId }, { server, simulator }) {
        simulator.faults.add({ kind: 'no-certificate', times: 1 });
        expectOk(await server.api.post(`devices/${deviceId}/connect`));
      },
    },
  ],
};

/** Another living process has the lease from now on. */
function stealLease(deviceId: string, { change }: Stage): void {
  const inAnHour = String(Date.now() + 60 * MINUTE);
  change(
    "insert into node (node_id, boot_id, machine_id, started_at, expires_at) values ('thief', 'thief', 'elsewhere', 0, cast(? as integer))",
    inAnHour,
  );
  change(
    "update device_lease set node_id = 'thief', boot_id = 'thief', epoch = epoch + 1 where device_id = ?",
    deviceId,
  );
}
