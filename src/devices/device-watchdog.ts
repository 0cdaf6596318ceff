import type { Clock } from '../shared/clock.ts';
import type { WaMessageId } from '../shared/ids.ts';

export interface WatchdogDeps {
  readonly clock: Clock;
  /** How often the library itself pings; twice that without a frame is suspicious. */
  readonly keepAliveMs: number;
  /** Asks the server for a sign of life. */
  probe(timeoutMs: number): Promise<boolean>;
  /** Called once: the socket is open but deaf and must be replaced. */
  onDeaf(): void;
}

/** Watches one open socket. */
export interface Watchdog {
  /** Something came in. */
  heard(): void;
  sent(waMessageId: WaMessageId): void;
  answered(waMessageId: WaMessageId): void;
  stop(): void;
}

const TICK_MS = 15_000;
const ACK_PATIENCE_MS = 60_000;
const PROBE_PATIENCE_MS = 10_000;

/**
 * A socket can stay open while WhatsApp no longer answers (upstream issue 2331). Deaf is: a message without ack for a
 * minute, or no frame for two keep-alives and no answer to a probe.
 */
export function createWatchdog({ clock, keepAliveMs, probe, onDeaf }: WatchdogDeps): Watchdog {
  const unanswered = new Map<WaMessageId, number>();
  let heardAt = clock.monotonic();
  let tickedAt = clock.monotonic();
  let probing = false;
  let stopped = false;

  const stop = () => {
    stopped = true;
    timer.cancel();
  };
  const declareDeaf = () => {
    if (stopped) return;
    stop();
    onDeaf();
  };
  const listen = async () => {
    probing = true;
    const answered = await probe(PROBE_PATIENCE_MS);
    probing = false;
    if (answered) heardAt = clock.monotonic();
    else declareDeaf();
  };
  const tick = () => {
    const now = clock.monotonic();
    const wasBlocked = now - tickedAt > 2 * TICK_MS;
    tickedAt = now;
    // A blocked event loop makes every socket look deaf: what came in meanwhile has not been read yet.
    if (wasBlocked) heardAt = now;
    if (wasBlocked || probing) return;
    const [oldest] = unanswered.values();
    if (oldest !== undefined && now - oldest > ACK_PATIENCE_MS) declareDeaf();
    else if (now - heardAt > 2 * keepAliveMs) void listen();
  };
  const timer = clock.every(TICK_MS, tick);

  return {
    heard() {
      heardAt = clock.monotonic();
    },
    sent(waMessageId) {
      unanswered.set(waMessageId, clock.monotonic());
    },
    answered(waMessageId) {
      unanswered.delete(waMessageId);
    },
    stop,
  };
}
