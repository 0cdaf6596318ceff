import { Redis } from 'ioredis';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';

/** The connection that rings go through, and the knowledge whether Redis answers. */
export interface RedisLink {
  /** Fails at once when Redis is away, and after a second when it does not answer. */
  readonly commands: Redis;
  /** Connects; resolves when Redis has answered or failed to for the first time. */
  open(): Promise<void>;
  up(): boolean;
  /** Says that a command failed; from here on `up` is false until Redis takes a write again. */
  failed(error: unknown): void;
  close(): void;
}

export interface RedisLinkDeps {
  /** redis:// or rediss:// */
  readonly url: string;
  /** Of all keys. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Redis answers: for the first time, or again. */
  onUp(): void;
}

const COMMAND_TIMEOUT_MS = 1_000;
const PROBE_EVERY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** Every connection comes back by itself, within a second of Redis coming back. */
const reconnect = { retryStrategy: (times: number) => Math.min(50 * 2 ** times, 1_000) };

export function createRedisLink({ url, prefix, clock, log, onUp }: RedisLinkDeps): RedisLink {
  const commands = new Redis(url, {
    ...reconnect,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  let state: 'unknown' | 'up' | 'away' | 'closed' = 'unknown';
  let probing = false;
  let awaySince = 0;
  const firstAnswer = Promise.withResolvers<void>();

  const failed = (error: unknown) => {
    if (state === 'away' || state === 'closed') return;
    state = 'away';
    awaySince = clock.monotonic();
    firstAnswer.resolve();
    log.warn({ cause: causeOf(error) }, 'Redis is away: wake-ups stay in this process until it is back');
  };
  const answered = () => {
    if (state === 'up' || state === 'closed') return;
    if (state === 'away') log.info({ awayMs: Math.round(clock.monotonic() - awaySince) }, 'Redis is back');
    state = 'up';
    firstAnswer.resolve();
    onUp();
  };
  // A write, because a full or read-only Redis answers a ping and takes no ring.
  const probe = async () => {
    if (probing || commands.status !== 'ready') return;
    probing = true;
    try {
      await commands.set(`${prefix}:probe`, '1', 'EX', 60);
      answered();
    } catch (error) {
      failed(error);
    } finally {
      probing = false;
    }
  };

  commands.on('ready', () => void probe());
  commands.on('error', failed);
  commands.on('close', () => failed(new Error('the connection was closed')));
  const timer = clock.every(PROBE_EVERY_MS, () => void probe());

  return {
    commands,
    async open() {
      // Its failure arrives as an error event, and the connection goes on trying.
      commands.connect().catch(failed);
      await firstAnswer.promise;
    },
    up: () => state === 'up',
    failed,
    close() {
      state = 'closed';
      timer.cancel();
      commands.disconnect();
    },
  };
}

/** A connection of queue workers: commands wait for Redis as long as it takes, which is what BullMQ asks for. */
export function openPatientRedis(url: string): Redis {
  return new Redis(url, { ...reconnect, connectTimeout: CONNECT_TIMEOUT_MS, maxRetriesPerRequest: null });
}

/** Without a stack, and never with the URL, which may hold a password. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
