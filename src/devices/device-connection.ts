import type { Timer } from '../shared/clock.ts';
import { assertNever } from '../shared/exhaustive.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { WhatsAppSocket } from '../whatsapp/socket.ts';
import type { ConnectPriority } from './connect-throttle.ts';
import { type Device, isLinked } from './device.ts';
import { type Attempt, type AttemptDeps, type AttemptTimes, startAttempt } from './device-attempt.ts';
import { type CauseCode, deviceCause } from './device-cause.ts';
import type { DeviceEvent } from './device-events.ts';
import { createDeviceNews } from './device-news.ts';
import { createDevicePairing, type PairingCode } from './device-pairing.ts';
import type { ConnectionHooks, DeviceChange, Leases, StoredSessions } from './device-ports.ts';
import {
  type Challenge,
  type DeviceState,
  nextState,
  type RestingStatus,
  type StateEvent,
  stateFromRow,
} from './device-state.ts';
import { type AttemptEnd, judgeEnd, NO_FAILURES, type Verdict } from './reconnect-policy.ts';

export interface ConnectionDeps extends AttemptDeps {
  readonly leases: Pick<Leases, 'claim' | 'release' | 'held'>;
  readonly sessions: Pick<StoredSessions, 'entomb' | 'erase'>;
  readonly random: Random;
  /** Asks once, for the whole process, which WhatsApp version is current; false when it learned nothing new. */
  refreshVersion(): Promise<boolean>;
}

/** Our supervision of a device's successive sockets. */
export interface DeviceConnection {
  state(): DeviceState;
  lastActivityAt(): Date | null;
  /** The open socket; null when there is none. */
  socket(): WhatsAppSocket | null;
  /** Dials now, unless a socket is there or being opened. Resolves when it is dialled, or with why it never will be. */
  connect(priority: ConnectPriority): Promise<AttemptEnd | null>;
  /** Goes on after a restart of the process: dials in its turn, or waits out a penalty that has not ended. */
  resume(): void;
  /** Asks for a code on the socket that pairs, or on the next one (DevicePairing). */
  requestCode(phoneNumber: string): Promise<PairingCode>;
  /** Closes everything and comes to rest; resolves when the socket is closed. */
  rest(where: { status: RestingStatus; cause: CauseCode; change?: DeviceChange }): Promise<void>;
  /** Closes the socket and says nothing; before a restart. */
  hangUp(): Promise<void>;
  /** The lease is gone: closes the socket at once. `all`: it may come back when the database does. */
  leaseLost(scope: 'device' | 'all'): void;
}

export function createDeviceConnection(
  deviceId: DeviceId,
  { deps, hooks }: { deps: ConnectionDeps; hooks: ConnectionHooks },
): DeviceConnection {
  const { clock, log } = deps;
  let state: DeviceState = stateFromRow(hooks.device());
  let attempt: Attempt | null = null;
  let closing: Promise<void> = Promise.resolve();
  let history = NO_FAILURES;
  let timer: Timer | null = null;

  const move = (event: StateEvent, change: DeviceChange = {}) => {
    state = nextState(state, event);
    hooks.onState(state, change);
  };
  const show = (challenge: Challenge) => {
    move({ type: 'challenge', challenge });
    hooks.onEvent(toEvent(deviceId, challenge));
  };
  const socket = () => attempt?.socket() ?? null;
  const shown = () => (state.status === 'pairing' ? state.challenge : null);
  const pairing = createDevicePairing({ deviceId, clock, log, attempt: () => attempt, shown, show });
  const onEvent = createDeviceNews({ deviceId, clock, log, hooks, pairing, move, socket });

  const connect = (priority: ConnectPriority): Promise<AttemptEnd | null> => {
    if (attempt) return attempt.dialled;
    timer?.cancel();
    move({ type: 'dial' });
    const prepare = () => wishesFor(hooks);
    attempt = startAttempt({ deviceId, priority, previous: closing, prepare, onEvent, onEnd }, deps);
    return attempt.dialled;
  };
  const hangUp = (): Promise<void> => {
    timer?.cancel();
    const leaving = attempt;
    attempt = null;
    if (leaving) closing = Promise.all([closing, leaving.abandon()]).then(() => {});
    return closing;
  };
  const judge = (end: AttemptEnd, times: AttemptTimes) => {
    const facts = { ...times, ...linkFacts(hooks.device()), ...leaseFacts(deviceId, deps) };
    const verdict = judgeEnd(end, { history, facts, random: deps.random });
    history = verdict.history;
    perform(verdict);
  };

  function onEnd(end: AttemptEnd, times: AttemptTimes): void {
    attempt = null;
    const wire = end.kind === 'closed' ? end.disconnect : null;
    log.info({ deviceId, end: end.kind, code: wire?.code, words: wire?.text }, 'device disconnected');
    judge(end, times);
  }

  function perform({ cause, step }: Verdict): void {
    switch (step.kind) {
      case 'dial-now':
        move({ type: 'restarting', cause });
        void connect('user');
        return;
      case 'dial-after':
        if (cause.code === 'throttled') deps.throttle.slowDown(step.delayMs);
        move({ type: step.shownAs === 'error' ? 'suspended' : 'lost', cause });
        timer = clock.after(step.delayMs, () => void connect('fleet'));
        return;
      case 'pair-anew':
        move({ type: 'lost', cause }, { linkState: 'linking' });
        timer = clock.after(step.delayMs, () => void pairAnew());
        return;
      case 'refresh-version':
        move({ type: 'lost', cause });
        void dialWithNewVersion();
        return;
      case 'yield':
        pairing.ended(cause.code);
        move({ type: 'rested', status: 'disconnected', cause });
        hooks.onYield();
        return;
      case 'rest':
        pairing.ended(cause.code);
        settle(step, cause);
        return;
      default:
        assertNever(step);
    }
  }

  /** A linked device in error keeps its lease and its wish to run, so that no other process tries the same again. */
  function settle(step: Extract<Verdict['step'], { kind: 'rest' }>, cause: Verdict['cause']): void {
    const { status, session } = step;
    const isFinal = status !== 'error' || session === 'entomb' || !isLinked(hooks.device());
    const change: DeviceChange = {
      ...(isFinal && { desired: 'stopped' }),
      ...(session === 'entomb' && { linkState: 'logged_out' }),
    };
    move({ type: 'rested', status, cause }, change);
    if (!isFinal) return;
    hooks.exclusive(async () => {
      if (session === 'entomb') await deps.sessions.entomb({ deviceId, reason: cause.code });
      await deps.leases.release(deviceId);
    });
  }

  async function pairAnew(): Promise<void> {
    const before = state;
    await forgetPairing(deviceId, deps);
    if (state === before) await connect('fleet');
  }

  async function dialWithNewVersion(): Promise<void> {
    const before = state;
    const isNew = await deps.refreshVersion();
    if (state !== before) return;
    if (isNew) await connect('fleet');
    else
      settle({ kind: 'rest', status: 'error', session: 'keep' }, deviceCause('client_outdated', 'failure'));
  }

  return {
    state: () => state,
    lastActivityAt: () => attempt?.lastActivityAt() ?? null,
    socket,
    connect,
    resume() {
      const { lastStatus, lastCause } = hooks.device();
      const leftMs = (lastCause?.retryAt?.getTime() ?? 0) - clock.now().getTime();
      if (attempt || lastStatus !== 'error' || !lastCause || leftMs <= 0) {
        void connect('fleet');
        return;
      }
      move({ type: 'suspended', cause: lastCause });
      timer?.cancel();
      timer = clock.after(leftMs, () => void connect('fleet'));
    },
    requestCode: pairing.requestCode,
    async rest({ status, cause, change }) {
      pairing.ended(cause);
      history = NO_FAILURES;
      const closed = hangUp();
      move({ type: 'rested', status, cause: deviceCause(cause, 'operator') }, change);
      await closed;
    },
    hangUp,
    leaseLost(scope) {
      void hangUp();
      judge(scope === 'all' ? FENCED_FROM_ALL : { kind: 'owned-elsewhere' }, NEVER_OPENED);
    },
  };
}

/** Without renewed leases the database could not be reached; the device dials again when it can. */
const FENCED_FROM_ALL: AttemptEnd = { kind: 'hindered', cause: 'store_unavailable', source: 'cluster' };
const NEVER_OPENED: AttemptTimes = { livedMs: 0, openForMs: null };

/** Where it fails the next login is refused as this one was, and we are back here. */
async function forgetPairing(deviceId: DeviceId, deps: ConnectionDeps): Promise<void> {
  try {
    await deps.sessions.erase({ deviceId, epoch: epochOf(deviceId, deps) });
  } catch (error) {
    deps.log.warn({ deviceId, err: error }, 'a failed pairing is not forgotten yet');
  }
}

function epochOf(deviceId: DeviceId, { leases }: Pick<ConnectionDeps, 'leases'>): number | null {
  return leases.held().get(deviceId) ?? null;
}

function leaseFacts(deviceId: DeviceId, deps: ConnectionDeps) {
  const { clock } = deps;
  return { now: clock.now(), at: clock.monotonic(), ownsLease: epochOf(deviceId, deps) !== null };
}

function linkFacts(device: Device) {
  return { linked: isLinked(device), hasLoggedIn: device.linkState === 'linked' };
}

/** What a socket is opened with; only a device that is not linked yet may get a new identity. */
async function wishesFor(hooks: ConnectionHooks) {
  const device = await hooks.reload();
  if (!device) return null;
  const { settings, proxyUrl } = device;
  return { mayMintCredentials: !isLinked(device), markOnline: settings.markOnline, proxyUrl };
}

function toEvent(deviceId: DeviceId, challenge: Challenge): DeviceEvent {
  const { expiresAt } = challenge;
  return challenge.kind === 'qr'
    ? { type: 'qr', deviceId, qr: challenge.qr, expiresAt }
    : { type: 'pairing-code', deviceId, code: challenge.code, expiresAt };
}
