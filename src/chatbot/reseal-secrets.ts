import type { Clock } from '../shared/clock.ts';
import type { RingSealer } from '../shared/ring-sealer.ts';
import type { ChatbotRepository } from './chatbot-repository.ts';
import { secretContext } from './chatbot-secret.ts';

interface ResealDeps {
  readonly bots: Pick<ChatbotRepository, 'list' | 'change'>;
  readonly sealer: RingSealer;
  readonly clock: Clock;
}

const AT_ONCE = 200;

/** Seals the secrets of all bots under the current master key, so that an earlier one may be forgotten. Repeatable. */
export async function resealSecrets({ bots, sealer, clock }: ResealDeps): Promise<void> {
  for (let offset = 0, count = AT_ONCE; count === AT_ONCE; offset += count) {
    const some = await bots.list({ deviceIds: null, limit: AT_ONCE, offset });
    count = some.length;
    for (const { id, number, secretSealed } of some) {
      const context = secretContext(number);
      await bots.change(
        id,
        { secretSealed: sealer.seal(sealer.open(secretSealed, context), context) },
        clock.now(),
      );
    }
  }
}
