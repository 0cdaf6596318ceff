import { effect, signal } from '@preact/signals';
import { devicePath } from '../../api/paths.ts';
import type { ListedMessage, Problem, SentMessage } from '../../api/sending-types.ts';
import { browserClock } from '../../lib/clock.ts';
import { onLive } from '../../lib/live.ts';
import type { LiveFrame } from '../../lib/live-stream.ts';
import { api, may, signedIn } from '../../lib/session.ts';
import {
  addSent,
  applyNews,
  isOver,
  NOTHING_SENT,
  type SentEntry,
  type StatusNews,
} from './sent-messages.ts';

/** What was sent from this page since it was loaded; stays while one looks at other pages. */
export const sent = signal(NOTHING_SENT);

/** Takes what the server answered to a message. */
export function noteSent(
  { messageId, to, status, reason = null, retryAt = null }: NotedAnswer,
  about: Pick<SentEntry, 'deviceId' | 'kind' | 'text'>,
): void {
  const at = new Date(browserClock.now()).toISOString();
  sent.value = addSent(sent.value, { ...about, messageId, to, status, reason, retryAt, at, error: null });
}

type NotedAnswer = Omit<SentMessage, 'reason' | 'retryAt'> & {
  readonly reason?: string | null | undefined;
  readonly retryAt?: string | null | undefined;
};

onLive((frame) => {
  if (frame.type === 'resync') void reloadAll();
  const news = newsOf(frame);
  if (news) sent.value = applyNews(sent.value, news);
});

// What one person sent is not shown to the next.
effect(() => {
  if (signedIn.value === null) sent.value = NOTHING_SENT;
});

/** After a gap in the stream: asks for each that may have moved on. */
async function reloadAll(): Promise<void> {
  if (!may('message:read')) return;
  for (const { deviceId, messageId, status } of sent.peek().entries) {
    if (isOver(status)) continue;
    const found = await api
      .get<ListedMessage>(devicePath(deviceId, `/messages/${encodeURIComponent(messageId)}`))
      .catch(() => null);
    if (found)
      sent.value = applyNews(sent.value, {
        messageId,
        status: found.status,
        error: found.error,
      });
  }
}

function newsOf({ type, messageId, status, error }: LiveFrame): StatusNews | null {
  if (type !== 'message_status' || typeof messageId !== 'string' || typeof status !== 'string') return null;
  return { messageId, status, error: problemOf(error) };
}

function problemOf(error: unknown): Problem | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null;
  return { code: String(error.code), message: String(error.message) };
}
