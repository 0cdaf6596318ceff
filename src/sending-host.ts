import type { WorkToStart } from './background-work.ts';
import type { EventFeed } from './events/event-feed.ts';
import { bridgeJobEvents } from './events/job-live-events.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { Idempotency } from './http/idempotency.ts';
import { startIdempotencyPurge } from './idempotency/idempotency-purge.ts';
import { createIdempotencyRepository } from './idempotency/idempotency-repository.ts';
import { createIdempotencyService } from './idempotency/idempotency-service.ts';
import { createJobHost, type JobHost, type JobHostDeps } from './job-host.ts';
import { jobControlRoutes } from './jobs/job-control-routes.ts';
import type { JobEvent } from './jobs/job-events.ts';
import { jobListRoutes } from './jobs/job-list-routes.ts';
import { jobRoutes } from './jobs/job-routes.ts';
import type { MediaIntake } from './media/media-intake.ts';
import type { ReceivedMediaService } from './media/received-media-service.ts';
import { type BulkSendService, createBulkSendService } from './messages/bulk-send-service.ts';
import { type ContentComposer, createContentComposer } from './messages/content-composer.ts';
import { contentRoutes } from './messages/content-routes.ts';
import { createMediaItemReader } from './messages/media-item.ts';
import { mediaRoutes } from './messages/media-routes.ts';
import type { MessageRepository } from './messages/message-repository.ts';
import type { MessageService } from './messages/message-service.ts';
import { sendingRoutes } from './messages/sending-routes.ts';
import type { Outbox } from './outbox/outbox.ts';
import { createSentContentRepository } from './outbox/sent-content-repository.ts';
import { startSentContentUpkeep } from './outbox/sent-content-upkeep.ts';
import type { RecipientHost } from './recipient-host.ts';
import { createEventBus } from './shared/event-bus.ts';

export interface SendingHostDeps extends Omit<JobHostDeps, 'jobEvents' | 'outbox' | 'readMedia'> {
  readonly outbox: Outbox;
  readonly feed: EventFeed;
  readonly messages: Pick<MessageRepository, 'find'>;
  readonly mediaIntake: MediaIntake;
  readonly receivedMedia: ReceivedMediaService;
}

/** Everything that lets callers ask for messages beside the single one: bulk, jobs, and asking twice without sending twice. */
export interface SendingHost extends JobHost {
  readonly bulkSendService: BulkSendService;
  readonly contentComposer: ContentComposer;
  readonly mediaIntake: MediaIntake;
  readonly idempotency: Idempotency;
  readonly work: WorkToStart;
}

export function createSendingHost(deps: SendingHostDeps): SendingHost {
  const { database, feed, ids, clock, log, config } = deps;
  const jobEvents = createEventBus<JobEvent>((error) =>
    log.error({ bus: 'jobs', err: error }, 'an event listener failed'),
  );
  bridgeJobEvents({ jobs: jobEvents, feed, ids, clock });
  const records = createIdempotencyRepository({ database });
  const { defaultCountry } = config.whatsapp;
  const contentComposer = createContentComposer({ ...deps, defaultCountry });
  const { mediaIntake } = deps;
  const readMedia = createMediaItemReader({ composer: contentComposer, mediaIntake, defaultCountry });
  const jobs = createJobHost({ ...deps, readMedia, jobEvents });
  return {
    ...jobs,
    bulkSendService: createBulkSendService({ ...deps, readMedia, defaultCountry }),
    contentComposer,
    mediaIntake,
    idempotency: createIdempotencyService({ records, clock, log }),
    work: {
      jobs: jobs.startSweep,
      expiry: () => deps.outbox.startExpiry(),
      sentContents: () =>
        startSentContentUpkeep({
          ...deps,
          contents: createSentContentRepository({ database }),
          days: config.history.days,
        }),
      idempotency: () => startIdempotencyPurge({ records, clock, log }),
    },
  };
}

/** The routes of all of it, and those that send single messages. */
export function mountSending(
  api: ApiInstance,
  {
    prefix,
    sending,
    messageService,
    people,
  }: { prefix: string; sending: SendingHost; messageService: MessageService; people: RecipientHost },
): void {
  api.register(sendingRoutes, { prefix, ...sending, messageService });
  api.register(contentRoutes, { prefix, ...sending, messageService });
  api.register(mediaRoutes, { prefix, ...sending, messageService });
  api.register(jobRoutes, { prefix, ...sending, ...people });
  api.register(jobListRoutes, { prefix, ...sending });
  api.register(jobControlRoutes, { prefix, ...sending });
}
