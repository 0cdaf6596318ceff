import type { EgressDeps } from '../../src/egress/egress-client.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import type { DatabaseOpener } from './databases.ts';
import { openTestEgress } from './egress.ts';
import { newEvents } from './event-log.ts';
import { createWebhookWorld, stopAfterTest } from './webhooks.ts';

/** Webhooks that post to loopback, on a clock the test moves; stopped after the test. */
export async function stageWebhooks(open: DatabaseOpener, egressDeps: Partial<EgressDeps> = {}) {
  const clock = createManualClock(new Date());
  const { egress } = openTestEgress({ clock, ...egressDeps });
  const world = createWebhookWorld({ database: await open(), clock, egress });
  stopAfterTest(world);
  const attempted = (count: number) =>
    world.told.waitFor(() => world.told.all.filter(({ type }) => type === 'attempted').length >= count);
  return {
    ...world,
    clock,
    attempted,
    /** One event for one endpoint at this URL, until its first attempt has ended; its delivery and attempts. */
    async deliver(url: string, meanwhile: (clock: ManualClock) => Promise<void> = async () => {}) {
      const endpointId = await world.add({ url });
      await world.events.append(newEvents(1));
      await world.fanOut.look();
      await meanwhile(clock);
      await attempted(1);
      const [delivery] = await world.of(endpointId);
      if (!delivery) throw new Error('no delivery was made');
      const attempts = await world.list.attemptsOf([delivery.id]);
      return { endpointId, delivery, attempts, endpoint: await world.endpoints.find(endpointId) };
    },
  };
}
