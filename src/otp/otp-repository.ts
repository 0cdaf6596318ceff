import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import { type DeviceId, firstIdAt } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { NewOneTimeCode, OneTimeCode } from './otp.ts';

/** A code that went out within the hour. */
export interface RecentCode {
  readonly purpose: string;
  /** By the database's clock. */
  readonly ageMs: number;
}

/** Who asks for what of whom. */
export interface OtpName {
  readonly to: Jid;
  readonly purpose: string;
}

export type OtpRepository = ReturnType<typeof createOtpRepository>;

const HOUR_MS = 60 * 60_000;
/** What never went out, and never will. */
const NOT_SENT = "('failed', 'cancelled', 'expired')";
const WENT_OUT = `not exists (select 1 from outbound_message m where m.id = o.outbox_id and m.status in ${NOT_SENT})`;
/** Nobody needs the words of a message any more: its recipient has read them from the wire, or it ended. */
const OVER = "('delivered', 'read', 'played', 'failed', 'cancelled', 'expired')";

/** The rows of one-time codes. Only the database's clock is asked. Methods throw what Database throws. */
export function createOtpRepository({ database }: { database: Database }) {
  const { now, plusMs } = dialectOf(database.dialect);
  const ago = plusMs(now);

  return {
    /** Codes that went out to somebody within the hour, or still will; the newest first. */
    async recentTo(to: Jid, limit: number): Promise<RecentCode[]> {
      const rows = await database.query<{ purpose: string; created_at: Date; db_now: Date | number }>({
        text: `select o.purpose, o.created_at, ${now} as db_now from wa_otp o
          where o.recipient_jid = ? and o.created_at > ${ago} and ${WENT_OUT}
          order by o.created_at desc limit ${Math.trunc(limit)}`,
        params: [to, -HOUR_MS],
      });
      return rows.map(({ purpose, created_at, db_now }) => ({
        purpose,
        ageMs: Number(db_now) - created_at.getTime(),
      }));
    },

    /** How many a caller had within the hour. */
    async recentBy(owner: string): Promise<number> {
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from wa_otp o where o.owner = ? and o.created_at > ${ago} and ${WENT_OUT}`,
        params: [owner, -HOUR_MS],
      });
      return Number(row?.total ?? 0);
    },

    /**
     * Statements that store a code in place of the one before; DuplicateKeyError when that one went out less than
     * `resendMs` ago, also for requests at the same time.
     */
    begin(code: NewOneTimeCode, resendMs: number): Statement[] {
      const { id, to, purpose, hmac, maxAttempts, owner, deviceId, outboxId, waMessageId, ttlMs } = code;
      const values: SqlValue[] = [id, to, purpose, hmac, maxAttempts, owner, deviceId, outboxId, waMessageId];
      return [
        {
          text: `update wa_otp set live = null, status = 'replaced'
            where recipient_jid = ? and purpose = ? and live = 1 and (created_at <= ${ago} or expires_at <= ${now}
              or exists (select 1 from outbound_message m where m.id = wa_otp.outbox_id and m.status in ${NOT_SENT}))`,
          params: [to, purpose, -resendMs],
        },
        {
          text: `insert into wa_otp (id, recipient_jid, purpose, code_hmac, max_attempts, owner, device_id, outbox_id,
              wa_message_id, status, live, attempts, text_kept, created_at, expires_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'sent', 1, 0, 1, ${now}, ${ago})`,
          params: [...values, ttlMs],
        },
      ];
    },

    async byMessage(deviceId: string, waMessageId: string): Promise<OneTimeCode | null> {
      return one({
        text: 'select * from wa_otp where device_id = ? and wa_message_id = ?',
        params: [deviceId, waMessageId],
      });
    },

    /** The code that can be used now; null when there is none, or its time has passed. */
    live({ to, purpose }: OtpName): Promise<OneTimeCode | null> {
      return one({
        text: `select * from wa_otp where recipient_jid = ? and purpose = ? and live = 1 and expires_at > ${now}`,
        params: [to, purpose],
      });
    },

    /** Takes one of the attempts; false when there is none left, or the code is over. */
    async takeAttempt(id: string): Promise<boolean> {
      const { changes } = await database.run({
        text: `update wa_otp set attempts = attempts + 1
          where id = ? and live = 1 and attempts < max_attempts and expires_at > ${now}`,
        params: [id],
      });
      return changes === 1;
    },

    /** False when somebody else was faster. */
    async use(id: string): Promise<boolean> {
      const { changes } = await database.run({
        text: `update wa_otp set live = null, status = 'verified', verified_at = ${now}
          where id = ? and live = 1 and expires_at > ${now}`,
        params: [id],
      });
      return changes === 1;
    },

    /** Erases the words of messages that nobody needs any more; resolves with how many. */
    async eraseTexts(limit: number): Promise<number> {
      const rows = await database.query<{ id: string; outbox_id: string }>({
        text: `select o.id, o.outbox_id from wa_otp o left join outbound_message m on m.id = o.outbox_id
          where o.text_kept = 1 and (o.expires_at <= ${now} or m.id is null or m.status in ${OVER})
          order by o.id limit ${Math.trunc(limit)}`,
        params: [],
      });
      if (rows.length === 0) return 0;
      const places = rows.map(() => '?').join(', ');
      await database.writeAtomically({
        statements: [
          {
            text: `update outbound_message set text = null where id in (${places}) and source = 'otp'`,
            params: rows.map(({ outbox_id }) => outbox_id),
          },
          {
            text: `update wa_otp set text_kept = 0 where id in (${places})`,
            params: rows.map(({ id }) => id),
          },
        ],
      });
      return rows.length;
    },

    /** Forgets codes from before then whose words are erased. */
    async purge(before: Date): Promise<void> {
      await database.run({
        text: 'delete from wa_otp where text_kept = 0 and id < ?',
        params: [firstIdAt(before)],
      });
    },
  };

  async function one(statement: Statement): Promise<OneTimeCode | null> {
    const [row] = await database.query<OtpRow>(statement);
    return row ? toOneTimeCode(row) : null;
  }
}

interface OtpRow {
  readonly id: string;
  readonly recipient_jid: string;
  readonly device_id: string;
  readonly purpose: string;
  readonly code_hmac: string;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly expires_at: Date;
}

function toOneTimeCode(row: OtpRow): OneTimeCode {
  return {
    id: row.id,
    to: row.recipient_jid as Jid,
    deviceId: row.device_id as DeviceId,
    purpose: row.purpose,
    hmac: row.code_hmac,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    expiresAt: row.expires_at,
  };
}
