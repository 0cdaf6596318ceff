import type { Database, Statement } from '../../src/database/database.ts';

/**
 * Many messages, made inside the database: half of them of one busy device, the rest of nineteen others; 5,000 contacts,
 * every tenth message in a group, pairs of messages within the same second, ninety days from the first of January 2026.
 */
export async function fillHistory(database: Database, messages: number): Promise<void> {
  for (let from = 1; from <= messages; from += AT_ONCE) {
    const to = Math.min(messages, from + AT_ONCE - 1);
    await database.run(insertRange(database.dialect, { from, to, messages }));
  }
}

export const BUSY = { deviceId: 'dev-0', number: '628110000' } as const;
/** The contact of every fourth message; all of them are of the busy device. */
export const CONTACT = '628121010000';
export const FIRST_MESSAGE_AT = Date.parse('2026-01-01T00:00:00Z');
export const LAST_MESSAGE_AT = FIRST_MESSAGE_AT + 90 * 86_400_000;

/** One statement must end within the time a query may take. */
const AT_ONCE = 5_000;

function insertRange(
  dialect: 'sqlite' | 'mysql',
  { from, to, messages }: { from: number; to: number; messages: number },
): Statement {
  const seconds = `(n - n % 2) * ${Math.trunc((90 * 86_400) / messages) || 1}`;
  const at =
    dialect === 'sqlite'
      ? `(${FIRST_MESSAGE_AT} + ${seconds} * 1000)`
      : `date_add('2026-01-01 00:00:00', interval ${seconds} second)`;
  const numbers =
    dialect === 'sqlite'
      ? `(with recursive c(n) as (select ${from} union all select n + 1 from c where n < ${to}) select n from c)`
      : `(select ${from} + seq as n from seq_0_to_${to - from})`;
  return {
    text: `insert into history_message (id, device_id, chat_jid, participant_jid, direction, wa_message_id, own_number,
        sender_number, receiver_number, contact_number, is_group, push_name, type, text, status, source,
        message_timestamp, stored_at)
      select id, concat('dev-', device), chat, participant, direction, wa, own,
        case when direction = 'out' then own else contact end,
        case when is_group = 1 then null when direction = 'out' then contact else own end,
        case when is_group = 1 then null else contact end,
        is_group, 'Somebody', type, text, case when direction = 'out' then 'delivered' end, 'live', at, at
      from (select id, device, wa, direction, is_group, type, text, at, concat('62811000', device) as own, contact,
          case when is_group = 1 then '120363000000000000@g.us' else concat(contact, '@s.whatsapp.net') end as chat,
          case when is_group = 1 and direction = 'in' then concat(contact, '@s.whatsapp.net') else '' end as participant
        from (select n, concat('01H', substr(concat('00000000000000000000000', n), -23)) as id,
            case when n % 2 = 0 then 0 else 1 + n % 19 end as device,
            concat('3EB0', n) as wa,
            case when n % 3 = 0 then 'out' else 'in' end as direction,
            case when n % 10 = 0 then 1 else 0 end as is_group,
            case when n % 8 = 0 then 'image' else 'text' end as type,
            concat('Pesanan nomor ', n % 10007, case when n % 5 = 0 then ' sudah dibayar di kafe' else ' dikirim besok pagi' end,
              case when n % 1000 = 0 then ' istimewa' else '' end) as text,
            ${at} as at, concat('6281210', case when n % 4 = 0 then 10000 else 10000 + n * 7 % 5000 end) as contact
          from ${numbers} as numbers) as made) as rows_made`,
    params: [],
  };
}
