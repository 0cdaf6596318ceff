import type { Egress, OutsideResponse } from '../egress/egress-client.ts';
import { EgressError } from '../egress/egress-error.ts';
import type { Clock } from '../shared/clock.ts';
import { signWebhook } from '../shared/standard-webhooks.ts';
import { readBotAnswer } from './bot-answer-schemas.ts';

/** One question to a bot. */
export interface BotQuestion {
  readonly url: string;
  readonly secret: string;
  /** `webhook-id`: the same on every attempt. */
  readonly id: string;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. `reason` is for people who look after the bot; it never holds what was said or an address. */
export type BotOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly replies: readonly string[] }
  | {
      readonly kind: 'failed';
      readonly status: number | null;
      readonly reason: string;
      /** Whether asking again may help. */
      readonly isPassing: boolean;
    }
  /** We gave up ourselves, before there was an answer. */
  | { readonly kind: 'aborted' };

export type AskBot = (question: BotQuestion) => Promise<BotOutcome>;

interface CallDeps {
  readonly egress: Pick<Egress, 'fetchOutside'>;
  readonly clock: Clock;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

const MOST_BYTES = 64 * 1024;

/** Posts a question to an endpoint that somebody else chose: signed, through the one door, without following redirects. */
export function createBotCall({ egress, clock, timeoutMs }: CallDeps): AskBot {
  return async ({ url, secret, id, body, signal }) => {
    try {
      const response = await egress.fetchOutside({
        url,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'wafleet',
          ...signWebhook({ id, at: clock.now(), body }, [secret]),
        },
        body,
        redirects: 0,
        timeouts: { totalMs: timeoutMs },
        maxBytes: MOST_BYTES,
        ...(signal && { signal }),
      });
      return judge(response);
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      return refused(error);
    }
  };
}

function judge({ status, body }: OutsideResponse): BotOutcome {
  if (status === 204) return { kind: 'answered', status, replies: [] };
  if (status < 200 || status > 299) {
    return {
      kind: 'failed',
      status,
      reason: `http-${status}`,
      isPassing: PASSING.has(status) || status >= 500,
    };
  }
  const replies = readBotAnswer(body.toString('utf8'));
  if (replies === null) return { kind: 'failed', status, reason: 'answer-invalid', isPassing: false };
  return { kind: 'answered', status, replies };
}

/** The other side was late, or has too much to do. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

function refused({ failure, status }: EgressError): BotOutcome {
  if (failure === 'aborted') return { kind: 'aborted' };
  if (failure === 'too-large')
    return { kind: 'failed', status, reason: 'answer-too-large', isPassing: false };
  const reason = failure === 'refused' ? 'address-not-allowed' : failure;
  return { kind: 'failed', status, reason, isPassing: true };
}
