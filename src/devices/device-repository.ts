import { clipNullable, parseJsonColumn } from '../database/columns.ts';
import type { Database, SqlValue, Statement } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Device, DeviceCause } from './device.ts';
import { settingsFromRow } from './device-settings.ts';

/** What a caller decides about a new device; everything else has its first value. */
export type NewDevice = Pick<Device, 'deviceId' | 'deviceName' | 'tags' | 'proxyUrl' | 'settings'>;

/** Fields left out stay as they are. */
export type DeviceUpdate = Partial<Omit<Device, 'deviceId' | 'recordNumber' | 'createdAt' | 'updatedAt'>>;

export interface DeviceRepository {
  find(deviceId: DeviceId): Promise<Device | null>;
  /** All devices in the order they were added. */
  list(): Promise<Device[]>;
  /** Gives the device its record number. Throws DEVICE_EXISTS. */
  add(device: NewDevice): Promise<Device>;
  /** False when no device has this id. */
  update(deviceId: DeviceId, change: DeviceUpdate): Promise<boolean>;
  /** Removes the device, cancels its schedules, and leaves its history and auth state. False when no device has this id. */
  remove(deviceId: DeviceId): Promise<boolean>;
  /** Removes its history, then its auth state (tombstones too) and the device at once. May be repeated after a crash. */
  purge(deviceId: DeviceId): Promise<void>;
}

/** Encrypts proxy URLs at rest: they may hold a password. `open(seal(text, id), id)` is `text`. */
export interface ProxySealer {
  seal(proxyUrl: string, deviceId: DeviceId): string;
  /** Throws when the stored text was changed or the key is another one. */
  open(sealed: string, deviceId: DeviceId): string;
}

interface DeviceRepositoryOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly proxySealer: ProxySealer;
}

/** How often two processes may take the same record number before that is an error. */
const NUMBERING_ATTEMPTS = 20;

export function createDeviceRepository(options: DeviceRepositoryOptions): DeviceRepository {
  const { database, clock, proxySealer } = options;

  const find = async (deviceId: DeviceId): Promise<Device | null> => {
    const [row] = await database.query<DeviceRow>({
      text: 'select * from device where device_id = ?',
      params: [deviceId],
    });
    return row ? toDevice(row, proxySealer) : null;
  };

  const insert = async (device: NewDevice, attemptsLeft: number): Promise<void> => {
    try {
      await database.run(insertStatement(device, clock.now(), proxySealer));
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
      if ((await find(device.deviceId)) !== null)
        throw new AppError('DEVICE_EXISTS', { deviceId: device.deviceId });
      // Another process took the record number in between.
      if (attemptsLeft === 0) throw error;
      await insert(device, attemptsLeft - 1);
    }
  };

  return {
    find,
    async list() {
      const rows = await database.query<DeviceRow>({
        text: 'select * from device order by record_number',
        params: [],
      });
      return rows.map((row) => toDevice(row, proxySealer));
    },
    async add(device) {
      await insert(device, NUMBERING_ATTEMPTS);
      const added = await find(device.deviceId);
      if (added === null) throw new AppError('DEVICE_NOT_FOUND', { deviceId: device.deviceId });
      return added;
    },
    async update(deviceId, change) {
      const columns = toColumns(deviceId, change, proxySealer);
      const assignments = ['updated_at', ...columns.map(([name]) => name)].map((name) => `${name} = ?`);
      const { changes } = await database.run({
        text: `update device set ${assignments.join(', ')} where device_id = ?`,
        params: [clock.now(), ...columns.map(([, value]) => value), deviceId],
      });
      return changes > 0;
    },
    async remove(deviceId) {
      // The lease row stays: its epoch must never go back, or a forgotten owner's write could pass again.
      const { changes } = await database.writeAtomically({
        statements: [
          { text: 'delete from device where device_id = ?', params: [deviceId] },
          // Another device may get the same id; it must not send what was planned for this one.
          {
            text: "update schedule set status = 'cancelled', updated_at = ? where device_id = ? and status = 'active'",
            params: [clock.now(), deviceId],
          },
        ],
      });
      return changes[0] !== 0;
    },
    async purge(deviceId) {
      for (const table of HISTORY_TABLES) await eraseHistory(database, table, deviceId);
      await emptyEvents(database, deviceId);
      const statements = [...KEPT_BY_DEVICE, 'device'].map((table) => ({
        text: `delete from ${table} where device_id = ?`,
        params: [deviceId],
      }));
      await database.writeAtomically({ statements });
    },
  };
}

/** Schedules first: they must not write history any more. Without its job no item is begun. */
const HISTORY_TABLES = [
  'schedule',
  'job',
  'outbound_message',
  'received_message',
  'history_message',
  'chatbot_turn',
];
const KEPT_BY_DEVICE = [
  'auth_key',
  'auth_creds',
  'auth_data_key',
  'auth_tombstone',
  'inbound_journal',
  'contact',
  'device_health',
  'chat',
  'identity',
  'poll_vote',
];
const ERASED_AT_ONCE = 500;

/** In small steps: a long history in one transaction would hold up every other device. */
async function eraseHistory(database: Database, table: string, deviceId: DeviceId): Promise<void> {
  for (;;) {
    const rows = await database.query<{ id: string }>({
      text: `select id from ${table} where device_id = ? limit ${ERASED_AT_ONCE}`,
      params: [deviceId],
    });
    if (rows.length === 0) return;
    await database.run({
      text: `delete from ${table} where id in (${rows.map(() => '?').join(', ')})`,
      params: rows.map(({ id }) => id),
    });
  }
}

/** Their places in the log stay: whoever read as far as one of them goes on from there. The last tells that the device is gone. */
async function emptyEvents(database: Database, deviceId: DeviceId): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await database.query<{ seq: number }>({
      text: `select seq from event_log where device_id = ? and seq > ? and type <> 'disconnected'
        order by seq limit ${ERASED_AT_ONCE}`,
      params: [deviceId, after],
    });
    if (rows.length === 0) return;
    const seqs = rows.map(({ seq }) => Number(seq));
    await database.run({
      text: `update event_log set data = '{}', message_id = null where seq in (${seqs.map(() => '?').join(', ')})`,
      params: seqs,
    });
    after = seqs.at(-1) ?? after;
  }
}

function insertStatement(device: NewDevice, now: Date, sealer: ProxySealer): Statement {
  const { deviceId, deviceName, tags, proxyUrl, settings } = device;
  return {
    text: `insert into device (record_number, device_id, device_name, tags, proxy_sealed, settings, desired, link_state,
        last_status, created_at, updated_at)
      select coalesce(max(record_number), 0) + 1, ?, ?, ?, ?, ?, 'stopped', 'new', 'created', ?, ? from device`,
    params: [
      deviceId,
      deviceName,
      JSON.stringify(tags),
      proxyUrl === null ? null : sealer.seal(proxyUrl, deviceId),
      JSON.stringify(settings),
      now,
      now,
    ],
  };
}

function toColumns(deviceId: DeviceId, change: DeviceUpdate, sealer: ProxySealer): [string, SqlValue][] {
  const { proxyUrl, tags, settings, lastCause, pushName } = change;
  const columns: [string, SqlValue | undefined][] = [
    ['device_name', change.deviceName],
    ['tags', tags && JSON.stringify(tags)],
    ['proxy_sealed', typeof proxyUrl === 'string' ? sealer.seal(proxyUrl, deviceId) : proxyUrl],
    ['settings', settings && JSON.stringify(settings)],
    ['desired', change.desired],
    ['link_state', change.linkState],
    ['auth_method', change.authMethod],
    ['phone_number', change.phoneNumber],
    ['jid', change.jid],
    ['lid', change.lid],
    ['push_name', pushName === undefined ? undefined : clipNullable(pushName, 191)],
    ['last_status', change.lastStatus],
    ['last_cause', lastCause && JSON.stringify(lastCause)],
    ['last_activity_at', change.lastActivityAt],
  ];
  return columns.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

interface DeviceRow {
  readonly device_id: string;
  readonly record_number: number;
  readonly device_name: string | null;
  readonly tags: unknown;
  readonly proxy_sealed: string | null;
  readonly settings: unknown;
  readonly desired: string;
  readonly link_state: string;
  readonly auth_method: string | null;
  readonly phone_number: string | null;
  readonly jid: string | null;
  readonly lid: string | null;
  readonly push_name: string | null;
  readonly last_status: string;
  readonly last_cause: unknown;
  readonly last_activity_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The words in these columns are only ever written from a Device, so they are what its types say. */
function toDevice(row: DeviceRow, sealer: ProxySealer): Device {
  const deviceId = row.device_id as DeviceId;
  return {
    deviceId,
    recordNumber: row.record_number,
    deviceName: row.device_name,
    tags: parseJsonColumn(row.tags) as Device['tags'],
    proxyUrl: row.proxy_sealed === null ? null : sealer.open(row.proxy_sealed, deviceId),
    settings: settingsFromRow(parseJsonColumn(row.settings)),
    desired: row.desired as Device['desired'],
    linkState: row.link_state as Device['linkState'],
    authMethod: row.auth_method as Device['authMethod'],
    phoneNumber: row.phone_number,
    jid: row.jid as Device['jid'],
    lid: row.lid as Device['lid'],
    pushName: row.push_name,
    lastStatus: row.last_status as Device['lastStatus'],
    lastCause: toCause(parseJsonColumn(row.last_cause)),
    lastActivityAt: row.last_activity_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toCause(stored: unknown): DeviceCause | null {
  if (stored === null) return null;
  const cause = stored as Omit<DeviceCause, 'retryAt'> & { retryAt: string | null };
  return { ...cause, retryAt: cause.retryAt === null ? null : new Date(cause.retryAt) };
}
