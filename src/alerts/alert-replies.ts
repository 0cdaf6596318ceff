import type { Logger } from '../shared/logger.ts';
import type { AlertRepository } from './alert-repository.ts';
import { alertAcknowledgedBy, mayAcknowledge, type Reply } from './reply-match.ts';

/** An event of the log, as far as replies are looked for in it. */
interface LoggedMessage {
  readonly seq: number;
  readonly type: string;
  readonly deviceId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface RepliesDeps {
  readonly alerts: Pick<AlertRepository, 'oldestOpen' | 'openFor' | 'acknowledge'>;
  readonly events: {
    after(seq: number, limit: number): Promise<readonly LoggedMessage[]>;
    last(): Promise<number>;
  };
  readonly words: ReadonlySet<string>;
  readonly log: Logger;
}

/** Events read at once. */
const BATCH = 500;
/** How long after an alert a reply still acknowledges it. */
const REPLIES_COUNT_MS = 24 * 60 * 60_000;
/** Alerts of one chat that are looked at. */
const MOST_OPEN = 100;

/**
 * Looks for acknowledgements in the event log, from the oldest open alert on; while there is none it reads nothing. May run in
 * several processes at once, and again from the beginning after a restart: the first acknowledgement counts.
 */
export function createReplyReader({ alerts, events, words, log }: RepliesDeps): () => Promise<void> {
  let readTo = -1;

  return async () => {
    const last = await events.last();
    if (last <= readTo) return;
    const oldest = await alerts.oldestOpen(REPLIES_COUNT_MS);
    // What came before an alert that begins from now on says nothing about it.
    if (oldest === null) readTo = last;
    else while (await readOn(Math.max(oldest, readTo)));
  };

  /** False when there is no more. */
  async function readOn(from: number): Promise<boolean> {
    const found = await events.after(from, BATCH);
    for (const event of found) {
      const reply = replyOf(event);
      if (reply && mayAcknowledge(reply, words)) await acknowledgeBy(reply, event.seq);
    }
    readTo = Math.max(readTo, found.at(-1)?.seq ?? from);
    return found.length === BATCH;
  }

  async function acknowledgeBy(reply: Reply, seq: number): Promise<void> {
    const { deviceId, chats } = reply;
    const limits = { withinMs: REPLIES_COUNT_MS, limit: MOST_OPEN };
    const open = (await alerts.openFor(deviceId, chats, limits)).filter(({ eventSeq }) => eventSeq < seq);
    const alertId = alertAcknowledgedBy(reply, open, words);
    if (alertId === null || !(await alerts.acknowledge(alertId, chats[0] ?? ''))) return;
    log.info({ alertId, deviceId }, 'alert acknowledged by a reply');
  }
}

/** Null for events that are no message of somebody else to us. */
function replyOf({ type, deviceId, data }: LoggedMessage): Reply | null {
  const { message } = data;
  if (type !== 'message' || typeof message !== 'object' || message === null) return null;
  const said: Record<string, unknown> = { ...message };
  if (said.fromMe === true) return null;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const chats = [text(said.chat), text(said.chatAlt)].filter((chat) => chat !== null);
  if (chats.length === 0) return null;
  return { deviceId, chats, text: text(said.text), quotedMessageId: text(said.quotedMessageId) };
}
