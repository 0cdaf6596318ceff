import type { AttemptError } from './attempt-outcome.ts';
import type { DisabledReason } from './webhook.ts';

/** What happens to endpoints and their deliveries, published after it is stored. */
export type WebhookNews =
  | {
      readonly type: 'attempted';
      /** `retry`: it failed and will be made again. `failed`: it failed and is given up. */
      readonly result: 'delivered' | 'retry' | 'failed';
      readonly error: AttemptError | null;
      /** From the event to the end of this attempt, in ms. */
      readonly sinceEventMs: number;
      /** Its number, from 1. */
      readonly attempt: number;
    }
  | { readonly type: 'disabled'; readonly reason: DisabledReason };
