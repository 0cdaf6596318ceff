import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';

/** The version a client presents to WhatsApp, e.g. [2, 3000, 1043857760]. */
export type WaVersion = [major: number, minor: number, revision: number];

/** Decides for the whole process which version is presented; no socket ever fetches one. */
export interface VersionKeeper {
  /** Configured, else last known good, else the library's own. */
  current(): Promise<WaVersion>;
  /** WhatsApp refused the version (405): looks for a newer one. False when there is none, so nothing changed. */
  refresh(): Promise<boolean>;
  /** A login with the current version succeeded: remembered across restarts. */
  accepted(): Promise<void>;
}

export interface VersionKeeperDeps {
  /** From WA_VERSION; wins over everything and is never refreshed. */
  readonly configured: WaVersion | null;
  /** What the library was released with. */
  builtIn(): Promise<WaVersion>;
  /** Asks the internet for the current version; null in the sandbox, where nothing may leave the machine. */
  readonly fetchLatest: (() => Promise<WaVersion>) | null;
  /** Where the last known good version is kept. */
  readonly settings: {
    find(name: string): Promise<unknown>;
    set(name: string, value: WaVersion): Promise<void>;
  };
  readonly clock: Clock;
  readonly log: Logger;
}

const SETTING = 'whatsapp.version';

/** A fleet that is refused together asks once, and not again for this long. */
const REFRESH_EVERY_MS = 10 * 60_000;

export function createVersionKeeper(deps: VersionKeeperDeps): VersionKeeper {
  const { configured, fetchLatest, settings, clock, log } = deps;
  let known: Promise<WaVersion> | null = null;
  let refreshing: Promise<boolean> | null = null;
  let refreshDueAt = 0;
  /** The last look found a newer version. */
  let learned = false;
  let stored: WaVersion | null = null;

  const load = async (): Promise<WaVersion> => {
    stored = parseVersion(await settings.find(SETTING));
    return newer(stored, await deps.builtIn());
  };
  const current = (): Promise<WaVersion> => {
    if (configured) return Promise.resolve(configured);
    known ??= load().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
  const fetchNewer = async (fetch: () => Promise<WaVersion>): Promise<boolean> => {
    refreshDueAt = clock.monotonic() + REFRESH_EVERY_MS;
    learned = false;
    const before = await current();
    const latest = await fetch().catch((error: unknown) => {
      log.warn({ err: error }, 'the current WhatsApp version could not be fetched');
      return before;
    });
    // Never backwards: an older answer comes from a stale cache, and would lock every device out.
    if (compare(latest, before) <= 0) return false;
    known = Promise.resolve(latest);
    learned = true;
    log.info({ from: before.join('.'), version: latest.join('.') }, 'WhatsApp version refreshed');
    return true;
  };

  return {
    current,
    async refresh() {
      if (configured || !fetchLatest) return false;
      if (refreshing !== null) return refreshing;
      // Another device learned of a new version a moment ago: this one has not tried it yet.
      if (clock.monotonic() < refreshDueAt) return learned;
      refreshing = fetchNewer(fetchLatest).finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
    async accepted() {
      const version = await current();
      if (configured || (stored && compare(stored, version) === 0)) return;
      stored = version;
      await settings.set(SETTING, version);
    },
  };
}

/** Reads `2.3000.1043857760` or a stored triple; null when it is neither. */
export function parseVersion(value: unknown): WaVersion | null {
  const parts = typeof value === 'string' ? value.split('.').map(Number) : value;
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [major, minor, revision] = parts;
  return [major, minor, revision].every(Number.isSafeInteger) ? [major, minor, revision] : null;
}

function newer(a: WaVersion | null, b: WaVersion): WaVersion {
  return a && compare(a, b) > 0 ? a : b;
}

/** Positive when `a` is newer. */
function compare(a: WaVersion, b: WaVersion): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
