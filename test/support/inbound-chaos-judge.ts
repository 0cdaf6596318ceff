import type { Database } from '../../src/database/database.ts';
import type { HistoryRecord, RecordOf } from '../../src/simulator/server/history.ts';
import { OWNER, type Written } from './inbound-chaos-traffic.ts';
import type { TestSimulator } from './simulator.ts';

/** What WhatsApp was told against what the rows say. */
export interface Verdict {
  /** Each has to be empty, or zero. */
  readonly wrong: {
    /** Confirmed to WhatsApp and not in history, or without the effect it should have on another message. */
    readonly lost: readonly string[];
    readonly doubled: readonly string[];
    /** Never confirmed, and not in history: WhatsApp still has them. */
    readonly stuck: readonly string[];
    /** Journalled and not taken over. */
    readonly journalLeft: number;
  };
  readonly messages: number;
  readonly receipted: number;
  readonly stored: number;
  readonly retryReceipts: number;
  readonly refused: number;
}

/** Whether the owner's device told WhatsApp with it that it has a message. */
export function isConfirmation(record: HistoryRecord): record is RecordOf<'receipt'> {
  return isReceiptOfOwner(record) && record.type !== 'retry';
}

function isReceiptOfOwner(record: HistoryRecord): record is RecordOf<'receipt'> {
  return record.kind === 'receipt' && record.from.startsWith(`${OWNER}:`);
}

/** How many of the device's messages are stored, each counted once. */
export async function countStored(database: Database): Promise<number> {
  const [row] = await database.query<{ total: number }>({
    text: 'select count(distinct wa_message_id) as total from received_message',
    params: [],
  });
  return Number(row?.total ?? 0);
}

interface HistoryRow {
  readonly wa_message_id: string;
  readonly text: string | null;
  readonly revoked_at: Date | null;
}

export async function judge(
  { simulator, database }: { simulator: TestSimulator; database: Database },
  written: readonly Written[],
): Promise<Verdict> {
  const ask = <Row extends object>(text: string) => database.query<Row>({ text, params: [] });
  const history = Map.groupBy(
    await ask<HistoryRow>('select wa_message_id, text, revoked_at from history_message'),
    ({ wa_message_id }) => wa_message_id,
  );
  const received = Map.groupBy(
    await ask<{ wa_message_id: string }>('select wa_message_id from received_message'),
    ({ wa_message_id }) => wa_message_id,
  );
  const [left] = await ask<{ total: number }>(
    "select count(*) as total from inbound_journal where state = 'new'",
  );
  const receipts = simulator.history.of('receipt').filter(isReceiptOfOwner);
  const receipted = new Set(receipts.filter(isConfirmation).flatMap(({ ids }) => ids));
  const changes = new Map(written.flatMap((each) => (each.target === null ? [] : [[each.target, each]])));
  const isKept = ({ id, kind, target, text }: Written): boolean => {
    const change = kind === 'text' ? changes.get(id) : null;
    const row = history.get(target ?? id)?.[0];
    // What is known of the change only when it came.
    const changed = change && received.has(change.id) ? change : null;
    const isGone = kind === 'revoke' || changed?.kind === 'revoke';
    const words = changed?.text ?? text;
    return received.has(id) && row !== undefined && (isGone ? row.revoked_at !== null : row.text === words);
  };
  const nameOf = ({ id, kind, where }: Written) => `${kind}, ${where}: ${id}`;
  const missing = written.filter((each) => !isKept(each));
  const timesOf = ({ id, target }: Written) =>
    Math.max(received.get(id)?.length ?? 0, history.get(target ?? id)?.length ?? 0);
  return {
    wrong: {
      lost: missing.filter(({ id }) => receipted.has(id)).map(nameOf),
      doubled: written.filter((each) => timesOf(each) > 1).map(nameOf),
      stuck: missing.filter(({ id }) => !receipted.has(id)).map(nameOf),
      journalLeft: Number(left?.total ?? 0),
    },
    messages: written.length,
    receipted: written.filter(({ id }) => receipted.has(id)).length,
    stored: written.length - missing.length,
    retryReceipts: receipts.filter(({ type }) => type === 'retry').length,
    refused: simulator.history
      .of('client-ack')
      .filter(
        ({ error, device, class: kind }) => error && kind === 'message' && device.startsWith(`${OWNER}:`),
      ).length,
  };
}
