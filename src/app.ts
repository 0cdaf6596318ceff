import { ensureFirstKey, type FirstKey } from './access/first-key.ts';
import { createApiServer } from './api-server.ts';
import { assemble, type Ground, type Parts } from './assembly.ts';
import type { StartWorkers } from './background-work.ts';
import type { Basics } from './basics.ts';
import { adoptSessionFolders } from './devices/device-adoption.ts';
import { type Foundation, openFoundation } from './foundation.ts';
import type { HttpServer } from './http/server.ts';
import { finishKeyRotation } from './key-rotation.ts';
import { countDatabaseError } from './metrics/database-metrics.ts';
import { createMetrics } from './metrics/metrics.ts';
import { dutiesOf } from './roles.ts';
import { keepOperatingMode } from './settings/operating-mode.ts';
import { createSettingRepository } from './settings/setting-repository.ts';
import { createWakeups } from './wakeups/create-wakeups.ts';

/** A running server. */
export interface App {
  readonly url: string;
  /** Null where nobody would see it: a process without the API makes no key. */
  readonly firstKey: FirstKey | null;
  /** What the set-up link carries while nobody can sign in; null otherwise, and without the API. */
  readonly setupToken: string | null;
  /** Stops in order: sends, requests, sockets, what is still being stored, leases, the database. At most ten seconds. */
  stop(): Promise<void>;
}

export interface AppOptions extends Basics {
  /** Starts the work without connections, where the role has it. */
  readonly startWorkers: StartWorkers;
}

/** How long the answers to messages under way, and then what was heard of them, may hold up a stop; in ms. */
const ANSWERS_PATIENCE_MS = 3_000;
const NEWS_PATIENCE_MS = 2_000;

/** Builds everything and starts what the role of this process asks for. Rejects with nothing left running. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, clock, ids, log } = options;
  const metrics = createMetrics();
  const onDatabaseError = (error: unknown) => countDatabaseError(error, metrics.instruments);
  const foundation = await openFoundation({ ...options, onDatabaseError });
  const wakeups = await createWakeups({ redisUrl: config.redisUrl, clock, ids, log });
  try {
    return await startOn({ ...options, foundation, metrics, wakeups });
  } catch (error) {
    await wakeups.stop();
    await foundation.close();
    throw error;
  }
}

async function startOn(ground: Ground & AppOptions): Promise<App> {
  const { foundation, wakeups, config, clock } = ground;
  const settings = createSettingRepository({ database: foundation.database, clock });
  await keepOperatingMode(settings, config.sandbox ? 'sandbox' : 'live');
  const parts = assemble(ground);
  await finishKeyRotation({
    foundation,
    devices: parts.devices,
    others: [parts.answering, parts.posting, parts.received],
    log: ground.log,
  });
  const duties = dutiesOf(config.role);
  const firstKey = duties.api ? await takeFirstKey(ground) : null;
  const setupToken = duties.api ? await foundation.people.setupLink.renew() : null;
  if (duties.sockets) {
    await parts.leases.start();
    parts.ownerWakeups.begin(parts.leases.nodeId());
  }
  await wakeups.start();
  const server = await createApiServer(parts, ground);
  // Before anybody can ask: a row still says what the process before reached, and that may be "connected".
  if (duties.sockets) await restore(parts, ground);
  const url = await server.listen();
  // Requests are answered while devices come back; their states tell how far they are.
  const adopted = duties.sockets ? adopt(parts, ground) : Promise.resolve();
  parts.outbox.start();
  const workers = duties.workers ? ground.startWorkers(parts.work) : null;
  return {
    url,
    firstKey,
    setupToken,
    async stop() {
      await Promise.all([workers?.stop(), stopSending(parts, server, ground)]);
      await wakeups.stop();
      await adopted;
      await parts.manager.shutdown();
      await Promise.all([parts.history.drain(), parts.outbox.stop(NEWS_PATIENCE_MS)]);
      await Promise.all([
        parts.sending.stop(),
        parts.answering.close(),
        parts.posting.close(),
        parts.received.close(),
        parts.files.close(),
      ]);
      await Promise.all([parts.pacing.drain(), parts.chatStores.stop(), parts.history.drain()]);
      await parts.eventHost.stop(NEWS_PATIENCE_MS);
      await foundation.people.auditLog.flush();
      await parts.leases.stop();
      await foundation.close();
    },
  };
}

/** Together: a request may wait for the answer to its message. */
async function stopSending({ outbox }: Parts, server: HttpServer, { tuning }: Basics): Promise<void> {
  await Promise.all([outbox.drain(tuning?.answersPatienceMs ?? ANSWERS_PATIENCE_MS), server.close()]);
}

async function takeFirstKey({ foundation, config, log }: Basics & { foundation: Foundation }) {
  const firstKey = await ensureFirstKey(foundation.apiKeys, config.given.adminApiKey);
  if (firstKey.kind === 'exists' && firstKey.adminKeyWorks === false) {
    log.warn(
      {},
      'ADMIN_API_KEY is no valid administrator key here: keys exist already, so it was not adopted',
    );
  }
  return firstKey;
}

/** Starts every device that was not stopped on purpose; none of them is waited for. */
async function restore({ manager }: Parts, { log }: Ground): Promise<void> {
  try {
    await manager.restoreAll('wanted');
  } catch (error) {
    log.error({ err: error }, 'devices could not be restored');
  }
}

/** Takes over session folders, and starts what came of them. */
async function adopt(parts: Parts, ground: Ground): Promise<void> {
  const { devices, leases } = parts;
  const { config, clock, log, foundation } = ground;
  const { database, keyRing } = foundation;
  const { sessionsDir } = config;
  try {
    await adoptSessionFolders({ sessionsDir, database, keyRing, leases, devices, clock, log });
  } catch (error) {
    log.error({ err: error }, 'session folders could not be adopted');
  }
  await restore(parts, ground);
}
