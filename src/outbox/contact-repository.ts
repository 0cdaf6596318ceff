import { clip } from '../database/columns.ts';
import type { Database, SqlValue } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';

/** That somebody wrote to a device, or a device to somebody: the first and the last time of what is told at once. */
export interface ContactNote {
  readonly deviceId: DeviceId;
  readonly jid: Jid;
  readonly inbound: Span | null;
  readonly outbound: Span | null;
}

export interface Span {
  readonly first: Date;
  readonly last: Date;
}

export interface WarmContact {
  readonly jid: Jid;
  readonly lastInboundAt: Date;
}

export type ContactRepository = ReturnType<typeof createContactRepository>;

/** Contacts in one statement. */
const ROWS_AT_ONCE = 100;
const ASKED_AT_ONCE = 500;

/** Who wrote to whom. Methods throw what Database throws. */
export function createContactRepository({ database }: { database: Database }) {
  const dialect = dialectOf(database.dialect);

  const upsert = (rows: number) =>
    dialect.merge({
      table: 'contact',
      columns: ['device_id', 'jid', ...TIMES],
      keyColumns: ['device_id', 'jid'],
      rows,
      updates: {
        first_inbound_at: keepEarliest('first_inbound_at'),
        last_inbound_at: keepLatest('last_inbound_at'),
        first_outbound_at: keepEarliest('first_outbound_at'),
        last_outbound_at: keepLatest('last_outbound_at'),
      },
    });

  return {
    /** Widens what is known: the first time never moves on, the last never back. At most one note for a contact. */
    async note(notes: readonly ContactNote[]): Promise<void> {
      for (let from = 0; from < notes.length; from += ROWS_AT_ONCE) {
        const some = notes.slice(from, from + ROWS_AT_ONCE);
        await database.run({ text: upsert(some.length), params: some.flatMap(toValues) });
      }
    },

    /** Some who wrote to the device; fewer than `limit` when these are all. */
    async warm(deviceId: DeviceId, limit: number): Promise<WarmContact[]> {
      const rows = await database.query<{ jid: Jid; last_inbound_at: Date }>({
        text: `select jid, last_inbound_at from contact where device_id = ? and last_inbound_at is not null
          limit ${Math.trunc(limit)}`,
        params: [deviceId],
      });
      return rows.map(({ jid, last_inbound_at }) => ({ jid, lastInboundAt: last_inbound_at }));
    },

    /** Those of the addresses that wrote to the device. */
    async warmAmong(deviceId: DeviceId, jids: readonly Jid[]): Promise<WarmContact[]> {
      const found: WarmContact[] = [];
      for (let from = 0; from < jids.length; from += ASKED_AT_ONCE) {
        const some = jids.slice(from, from + ASKED_AT_ONCE);
        const rows = await database.query<{ jid: Jid; last_inbound_at: Date }>({
          text: `select jid, last_inbound_at from contact where device_id = ? and last_inbound_at is not null
            and jid in (${some.map(() => '?').join(', ')})`,
          params: [deviceId, ...some],
        });
        found.push(...rows.map(({ jid, last_inbound_at }) => ({ jid, lastInboundAt: last_inbound_at })));
      }
      return found;
    },

    /** The device is another account now: nobody it knew knows it. */
    async forgetAll(deviceId: DeviceId): Promise<void> {
      await database.run({ text: 'delete from contact where device_id = ?', params: [deviceId] });
    },
  };
}

const TIMES = ['first_inbound_at', 'last_inbound_at', 'first_outbound_at', 'last_outbound_at'];

function toValues({ deviceId, jid, inbound, outbound }: ContactNote): SqlValue[] {
  const times = [inbound?.first, inbound?.last, outbound?.first, outbound?.last];
  return [deviceId, clip(jid, 96), ...times.map((time) => time ?? null)];
}

/** Of the stored and the incoming time the earlier one; null gives way. */
function keepEarliest(column: string) {
  return (incoming: string) =>
    `case when ${column} is null or ${incoming} < ${column} then ${incoming} else ${column} end`;
}

function keepLatest(column: string) {
  return (incoming: string) =>
    `case when ${column} is null or ${incoming} > ${column} then ${incoming} else ${column} end`;
}
