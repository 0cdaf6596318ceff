import type { Clock, Timer } from '../shared/clock.ts';
import { AppError, FencedError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { AuthStateError } from '../whatsapp/auth-state-error.ts';
import { ProxyUnsupportedError } from '../whatsapp/proxy-error.ts';
import type { OpenSocket, SocketEvent, SocketRequest, WhatsAppSocket } from '../whatsapp/socket.ts';
import type { ConnectPriority, ConnectThrottle, Ticket } from './connect-throttle.ts';
import type { CauseCode } from './device-cause.ts';
import type { Leases } from './device-ports.ts';
import { createWatchdog, type Watchdog } from './device-watchdog.ts';
import type { AttemptEnd } from './reconnect-policy.ts';

export interface AttemptDeps {
  readonly openSocket: OpenSocket;
  readonly leases: Pick<Leases, 'claim'>;
  readonly throttle: ConnectThrottle;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keepAliveMs: number;
  /** `off` only where a test shows what the watchdog is good for. */
  readonly watchdog?: 'off' | undefined;
}

/** What an attempt passes on; the rest it handles itself. */
export type AttemptEvent = Exclude<SocketEvent, { type: 'activity' | 'auth-failure' | 'close' }>;

export interface AttemptRequest {
  readonly deviceId: DeviceId;
  readonly priority: ConnectPriority;
  /** The socket before this one is still closing. */
  readonly previous: Promise<void>;
  /** What the socket is opened with; null when the device is not to be run any more. Asked when it is our turn. */
  prepare(): Promise<Pick<SocketRequest, 'mayMintCredentials' | 'markOnline' | 'proxyUrl'> | null>;
  onEvent(event: AttemptEvent): void;
  /** Called once, unless the attempt was abandoned before. */
  onEnd(end: AttemptEnd, times: AttemptTimes): void;
}

export interface AttemptTimes {
  readonly livedMs: number;
  readonly openForMs: number | null;
}

/** One try to be connected: from the throttle through one socket to its end. */
export interface Attempt {
  /** Resolves when the socket is being opened (null), or with why it never will be. */
  readonly dialled: Promise<AttemptEnd | null>;
  /** The socket once there is one; null when the attempt ended before. */
  readonly opened: Promise<WhatsAppSocket | null>;
  /** The open socket, watched; null before the open and after the end. */
  socket(): WhatsAppSocket | null;
  /** When something last came in; null before the first. */
  lastActivityAt(): Date | null;
  /** Closes whatever there is and reports nothing; resolves when it is closed. */
  abandon(): Promise<void>;
}

export function startAttempt(request: AttemptRequest, deps: AttemptDeps): Attempt {
  const { deviceId } = request;
  const { clock, log } = deps;
  const startedAt = clock.monotonic();
  let openedAt: number | null = null;
  let lastActivityAt: Date | null = null;
  let phase: 'running' | 'abandoned' | 'ended' = 'running';
  let ending: AttemptEnd | null = null;
  let ticket: Ticket | null = null;
  let patience: Timer | null = null;
  let socket: WhatsAppSocket | null = null;
  let watchdog: Watchdog | null = null;

  const finish = (end: AttemptEnd): AttemptEnd => {
    const was = phase;
    phase = 'ended';
    patience?.cancel();
    ticket?.leave();
    watchdog?.stop();
    const now = clock.monotonic();
    const openForMs = openedAt === null ? null : now - openedAt;
    if (was === 'running') request.onEnd(end, { livedMs: now - startedAt, openForMs });
    return end;
  };
  const closeSocket = async () => {
    await socket?.close().catch((error: unknown) => log.warn({ deviceId, error }, 'socket did not close'));
  };
  const giveUp = (why: AttemptEnd) => {
    ending = why;
    void closeSocket();
  };
  /** The server said enough: from here on the watchdog, or the library's own timer of the QR, takes over. */
  const answered = () => {
    patience?.cancel();
    ticket?.leave();
  };
  const watch = (open: WhatsAppSocket) =>
    createWatchdog({
      clock,
      keepAliveMs: deps.keepAliveMs,
      probe: (timeoutMs) => open.probe(timeoutMs),
      onDeaf: () => giveUp({ kind: 'deaf' }),
    });

  const onSocketEvent = (event: SocketEvent) => {
    if (event.type === 'close') {
      finish(ending ?? { kind: 'closed', disconnect: event.disconnect });
      return;
    }
    if (phase !== 'running') return;
    lastActivityAt = clock.now();
    watchdog?.heard();
    switch (event.type) {
      case 'activity':
        return;
      case 'auth-failure':
        ending = fromAuthFailure(event.reason);
        return;
      case 'open':
        openedAt = clock.monotonic();
        if (socket && deps.watchdog !== 'off') watchdog = watch(socket);
        answered();
        break;
      case 'qr':
        answered();
        break;
      case 'ack':
      case 'nack':
        watchdog?.answered(event.waMessageId);
        break;
    }
    request.onEvent(event);
  };

  const turn = Promise.withResolvers<void>();
  ticket = deps.throttle.enter(request.priority, turn.resolve);
  const dial = async (): Promise<WhatsAppSocket | AttemptEnd | null> => {
    await Promise.all([request.previous, turn.promise]);
    const wishes = phase === 'running' ? await request.prepare() : null;
    if (!wishes) return phase === 'running' ? { kind: 'owned-elsewhere' } : null;
    const lease = await deps.leases.claim(deviceId);
    if (lease.kind === 'owned-elsewhere') return { kind: 'owned-elsewhere' };
    if (phase !== 'running') return null;
    patience = clock.after(DIAL_PATIENCE_MS, () => giveUp(UNANSWERED));
    return deps.openSocket({ deviceId, epoch: lease.epoch, ...wishes, onEvent: onSocketEvent });
  };
  const opened = dial().then(
    (result) => {
      if (result === null) return null;
      if ('kind' in result) return failDial(result);
      socket = result;
      return result;
    },
    (error: unknown) => failDial(fromDialError(error, { deviceId, log })),
  );
  const failDial = (end: AttemptEnd) => {
    ending = finish(end);
    return null;
  };

  return {
    dialled: opened.then((result) => (result ? null : ending)),
    opened,
    socket: () => (openedAt !== null && phase === 'running' && socket ? watched(socket, watchdog) : null),
    lastActivityAt: () => lastActivityAt,
    async abandon() {
      if (phase === 'running') phase = 'abandoned';
      patience?.cancel();
      watchdog?.stop();
      ticket?.leave();
      turn.resolve();
      if (!socket) await opened;
      await closeSocket();
    },
  };
}

/** The library gives a server that accepts the connection and then says nothing more than a minute. */
const DIAL_PATIENCE_MS = 45_000;
const UNANSWERED: AttemptEnd = {
  kind: 'closed',
  disconnect: { source: 'local', code: 408, text: 'no answer to the login' },
};

/** Tells the watchdog of every message that must be acknowledged. */
function watched(socket: WhatsAppSocket, watchdog: Watchdog | null): WhatsAppSocket {
  return {
    ...socket,
    async send(message) {
      watchdog?.sent(message.waMessageId);
      try {
        await socket.send(message);
      } catch (error) {
        watchdog?.answered(message.waMessageId);
        throw error;
      }
    },
  };
}

/** What a dial that threw means: the stored session, the proxy, the database, or a bug of ours. */
function fromDialError(error: unknown, { deviceId, log }: { deviceId: DeviceId; log: Logger }): AttemptEnd {
  if (error instanceof AuthStateError) {
    return error.problem === 'missing' ? blocked('auth_missing') : fromAuthFailure(error.problem);
  }
  if (error instanceof FencedError) return { kind: 'owned-elsewhere' };
  if (error instanceof ProxyUnsupportedError) {
    return { kind: 'blocked', cause: 'proxy_unsupported', source: 'operator' };
  }
  if (!(error instanceof AppError && error.retryable)) log.error({ deviceId, err: error }, 'dial failed');
  return { kind: 'hindered', cause: 'store_unavailable', source: 'store' };
}

function fromAuthFailure(
  reason: 'fenced' | 'unreadable' | 'undecryptable' | 'store-unavailable',
): AttemptEnd {
  switch (reason) {
    case 'fenced':
      return { kind: 'owned-elsewhere' };
    case 'unreadable':
      return blocked('auth_corrupt');
    case 'undecryptable':
      return blocked('auth_undecryptable');
    case 'store-unavailable':
      return { kind: 'hindered', cause: 'store_unavailable', source: 'store' };
  }
}

function blocked(cause: CauseCode): AttemptEnd {
  return { kind: 'blocked', cause, source: 'store' };
}
