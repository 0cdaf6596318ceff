import { parseJsonColumn } from '../database/columns.ts';
import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';

/** What somebody last chose in a poll of a device. */
export interface PollVote {
  readonly voter: Jid;
  /** Places in the options of the poll, from 0; none: the vote was taken back. */
  readonly choices: readonly number[];
  readonly votedAt: Date;
}

/** Names a poll that a device sent. */
export interface PollName {
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
}

export type PollVoteRepository = ReturnType<typeof createPollVoteRepository>;

/** Who chose what, one row for each address. Methods throw what Database throws. */
export function createPollVoteRepository({ database }: { database: Database }) {
  const later = (incoming: string, of: (column: string) => string, column: string) =>
    `case when ${of('voted_at')} >= voted_at then ${incoming} else ${column} end`;
  const text = dialectOf(database.dialect).merge({
    table: 'poll_vote',
    columns: ['device_id', 'wa_message_id', 'voter_jid', 'choices', 'voted_at'],
    keyColumns: ['device_id', 'wa_message_id', 'voter_jid'],
    updates: {
      choices: (incoming, of) => later(incoming, of, 'choices'),
      voted_at: (incoming, of) => later(incoming, of, 'voted_at'),
    },
  });

  return {
    /** A statement that takes a vote in place of an earlier one of the same address; may be repeated. */
    put: ({ deviceId, waMessageId }: PollName, { voter, choices, votedAt }: PollVote): Statement => ({
      text,
      params: [deviceId, waMessageId, voter, JSON.stringify(choices), votedAt],
    }),

    /** In the order in which they were given. */
    async list({ deviceId, waMessageId }: PollName): Promise<PollVote[]> {
      const rows = await database.query<{ voter_jid: string; choices: unknown; voted_at: Date }>({
        text: `select voter_jid, choices, voted_at from poll_vote
          where device_id = ? and wa_message_id = ? order by voted_at, voter_jid`,
        params: [deviceId, waMessageId],
      });
      return rows.map((row) => ({
        voter: row.voter_jid as Jid,
        // The column is only ever written from the choices of a PollVote.
        choices: parseJsonColumn(row.choices) as readonly number[],
        votedAt: row.voted_at,
      }));
    },
  };
}
