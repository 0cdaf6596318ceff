import { clipNullable, parseJsonColumn } from '../database/columns.ts';
import type { Database, SqlValue } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { SendingHealthView } from '../devices/sending-health.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import { CLOSED_BREAKER } from './breaker.ts';
import type { DeviceHealth, HealthWarning } from './device-health.ts';
import { toHealthView } from './device-health-view.ts';

export type DeviceHealthRepository = ReturnType<typeof createDeviceHealthRepository>;

/** Above so many ids all rows are read: only devices that sent to strangers have one. */
const ASKED_BY_ID = 50;

/** The health of devices, as the process that runs them last wrote it. Methods throw what Database throws. */
export function createDeviceHealthRepository({ database, clock }: { database: Database; clock: Clock }) {
  const upsert = dialectOf(database.dialect).upsert({
    table: 'device_health',
    columns: COLUMNS,
    keyColumns: ['device_id'],
  });
  const rowsOf = (deviceIds: readonly string[]): Promise<HealthRow[]> => {
    if (deviceIds.length === 0) return Promise.resolve([]);
    if (deviceIds.length > ASKED_BY_ID) {
      return database.query({ text: 'select * from device_health', params: [] });
    }
    const marks = deviceIds.map(() => '?').join(', ');
    return database.query({
      text: `select * from device_health where device_id in (${marks})`,
      params: deviceIds,
    });
  };
  return {
    async find(deviceId: DeviceId): Promise<DeviceHealth | null> {
      const [row] = await rowsOf([deviceId]);
      return row ? toHealth(row) : null;
    },

    async save(deviceId: DeviceId, health: DeviceHealth): Promise<void> {
      await database.run({ text: upsert, params: toValues(deviceId, health, clock.now()) });
    },

    /** How each looks to callers now; devices without a row are left out. */
    async viewsOf(deviceIds: readonly string[]): Promise<ReadonlyMap<string, SendingHealthView>> {
      const now = clock.now();
      const rows = await rowsOf(deviceIds);
      return new Map(rows.map((row) => [row.device_id, toHealthView(toHealth(row), now)]));
    },
  };
}

interface HealthRow {
  readonly device_id: string;
  readonly account_jid: string | null;
  readonly reachout_until: Date | null;
  readonly rate_paused_until: Date | null;
  readonly cold_paused_until: Date | null;
  readonly cold_strikes: number;
  readonly message_cap: string | null;
  readonly message_cap_until: Date | null;
  readonly breaker: unknown;
  readonly warnings: unknown;
  readonly ramp_started_at: Date | null;
}

const COLUMNS = [
  'device_id',
  'account_jid',
  'reachout_until',
  'rate_paused_until',
  'cold_paused_until',
  'cold_strikes',
  'message_cap',
  'message_cap_until',
  'breaker',
  'warnings',
  'ramp_started_at',
  'updated_at',
] as const satisfies readonly (keyof HealthRow | 'updated_at')[];

/** Times are kept to the millisecond in JSON as text. */
interface StoredBreaker {
  readonly outcomes: readonly boolean[];
  readonly openUntil: string | null;
}
type StoredWarning = Omit<HealthWarning, 'since' | 'until'> & { since: string; until: string };

function toValues(deviceId: DeviceId, health: DeviceHealth, now: Date): SqlValue[] {
  const { breaker, warnings } = health;
  return [
    deviceId,
    clipNullable(health.account, 96),
    health.reachoutUntil,
    health.ratePausedUntil,
    health.coldPausedUntil,
    health.coldStrikes,
    health.messageCap,
    health.messageCapUntil,
    JSON.stringify(breaker),
    JSON.stringify(warnings),
    health.rampStartedAt,
    now,
  ];
}

/** These columns are only ever written from a DeviceHealth, so they are what its type says. */
function toHealth(row: HealthRow): DeviceHealth {
  const breaker = parseJsonColumn(row.breaker) as StoredBreaker | null;
  const warnings = parseJsonColumn(row.warnings) as readonly StoredWarning[] | null;
  return {
    account: row.account_jid as Jid | null,
    reachoutUntil: row.reachout_until,
    ratePausedUntil: row.rate_paused_until,
    coldPausedUntil: row.cold_paused_until,
    coldStrikes: row.cold_strikes,
    messageCap: (row.message_cap ?? 'none') as DeviceHealth['messageCap'],
    messageCapUntil: row.message_cap_until,
    breaker: breaker
      ? { ...breaker, openUntil: breaker.openUntil === null ? null : new Date(breaker.openUntil) }
      : CLOSED_BREAKER,
    warnings: (warnings ?? []).map(({ since, until, ...warning }) => ({
      ...warning,
      since: new Date(since),
      until: new Date(until),
    })),
    rampStartedAt: row.ramp_started_at,
  };
}
