import type { Readable } from 'node:stream';
import type { Egress } from '../egress/egress-client.ts';
import { EgressError } from '../egress/egress-error.ts';
import type { Clock } from '../shared/clock.ts';
import { signWebhook } from '../shared/standard-webhooks.ts';
import { type AttemptOutcome, answeredWith, failedWithout } from './attempt-outcome.ts';
import { readRetryAfter } from './retry-schedule.ts';
import { signingSecrets, type WebhookEndpoint } from './webhook.ts';

/** What is posted. */
export interface PostedEvent {
  /** The same on every attempt. */
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly deviceId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export type PostTarget = Pick<WebhookEndpoint, 'url' | 'secret' | 'previousSecret'>;

/** Makes one attempt; never throws for what the other side does. */
export interface Poster {
  post(event: PostedEvent, target: PostTarget, signal?: AbortSignal): Promise<AttemptOutcome>;
}

/** From the first lookup to the head of the answer. */
const TOTAL_MS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** The status decided already: for its words, and for the next request on the connection, one waits no longer. */
const BODY_PATIENCE_MS = 1_000;
const EXCERPT_CHARACTERS = 500;

export function createPoster({
  egress,
  clock,
  agent,
}: {
  egress: Pick<Egress, 'streamOutside'>;
  clock: Clock;
  /** Of the header `user-agent`. */
  agent: string;
}): Poster {
  return {
    async post({ id, type, at, deviceId, data }, target, signal) {
      const body = JSON.stringify({ type, timestamp: at.toISOString(), id, deviceId, data });
      const now = clock.now();
      const signed = signWebhook({ id, at: now, body }, signingSecrets(target, now));
      try {
        const answer = await egress.streamOutside({
          url: target.url,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': agent, ...signed },
          body,
          redirects: 0,
          timeouts: { totalMs: TOTAL_MS },
          maxBytes: MAX_ANSWER_BYTES,
          ...(signal && { signal }),
        });
        const response = await beginningOf(answer.body, clock);
        const retryAfterMs = readRetryAfter(answer.headers['retry-after'], now);
        return answeredWith(answer.status, { retryAfterMs, response });
      } catch (error) {
        if (error instanceof EgressError) return failedWithout(error.failure);
        throw error;
      }
    },
  };
}

/** Reads the body to its end, if that is near, and gives back how it begins. */
async function beginningOf(body: Readable, clock: Clock): Promise<string> {
  const timer = clock.after(BODY_PATIENCE_MS, () => body.destroy());
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
  } catch {
    // Too long, too slow or broken off: what came is enough.
  } finally {
    timer.cancel();
  }
  const text = Buffer.concat(chunks)
    .subarray(0, 4 * EXCERPT_CHARACTERS)
    .toString('utf8');
  return text.slice(0, EXCERPT_CHARACTERS);
}
