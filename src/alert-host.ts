import { createAlertIntake } from './alerts/alert-intake.ts';
import { createAlertLeaseRepository } from './alerts/alert-lease-repository.ts';
import { startAlertLookout } from './alerts/alert-lookout.ts';
import { createReplyReader } from './alerts/alert-replies.ts';
import { createAlertRepository } from './alerts/alert-repository.ts';
import { type AlertRoutesOptions, alertRoutes } from './alerts/alert-routes.ts';
import { createAlertRunner } from './alerts/alert-runner.ts';
import { createAlertSender } from './alerts/alert-sender.ts';
import { createAlertService } from './alerts/alert-service.ts';
import { startMqttConsumer } from './alerts/mqtt-consumer.ts';
import { createMqttIntake } from './alerts/mqtt-intake.ts';
import { type MqttTopicRoutesOptions, mqttTopicRoutes } from './alerts/mqtt-topic-routes.ts';
import { createMqttTopicService } from './alerts/mqtt-topic-service.ts';
import { ackWords } from './alerts/reply-match.ts';
import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { DeviceService } from './devices/device-service.ts';
import type { EventLog } from './events/event-log.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { Idempotency } from './http/idempotency.ts';
import type { MediaIntake } from './media/media-intake.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { RecipientHost } from './recipient-host.ts';
import { createSettingRepository } from './settings/setting-repository.ts';
import type { Wakeups } from './wakeups/wakeups.ts';

export interface AlertHostDeps extends Basics {
  readonly database: Database;
  readonly deviceService: Pick<DeviceService, 'list'>;
  readonly outbox: Pick<Outbox, 'accept'>;
  readonly people: Pick<RecipientHost, 'listMessages' | 'recipientLists'>;
  readonly mediaIntake: MediaIntake;
  readonly events: Pick<EventLog, 'last' | 'after'>;
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
}

/** Messages to everybody on a list at once: asked for over HTTP or by a broker, acknowledged, escalated. */
export interface AlertHost
  extends Omit<AlertRoutesOptions, 'idempotency' | 'maxBytes'>,
    MqttTopicRoutesOptions {
  readonly work: WorkToStart;
}

export function createAlertHost(deps: AlertHostDeps): AlertHost {
  const { database, people, events, wakeups, config, ids, log } = deps;
  const { repeatMs, ackWords: words, mqtt } = config.alerts;
  const alerts = createAlertRepository({ database });
  const leases = createAlertLeaseRepository({ database });
  const tell = createAlertSender({ ...deps, ...people });
  const parts = { ...deps, alerts, tell, repeatMs };
  const alertIntake = createAlertIntake({ ...parts, lists: people.recipientLists });
  const mqttTopics = createMqttTopicService({
    settings: createSettingRepository(deps),
    leases,
    configured: mqtt?.topics ?? null,
  });
  wakeups.handle('alert', createAlertRunner(parts));
  const readReplies = createReplyReader({ alerts, events, words: ackWords(words), log });
  const intake = createMqttIntake({ ...parts, intake: alertIntake });
  const listen = (broker: NonNullable<typeof mqtt>) => () =>
    startMqttConsumer({ ...deps, broker, leases, topics: mqttTopics.topics, intake, holder: ids.next() });
  return {
    alertIntake,
    alertService: createAlertService({ alerts, log }),
    mqttTopics,
    work: {
      alerts: () => startAlertLookout({ ...parts, readReplies }),
      ...(mqtt && { broker: listen(mqtt) }),
    },
  };
}

/** The routes of it. */
export function mountAlerts(
  api: ApiInstance,
  {
    prefix,
    alerting,
    ...options
  }: { prefix: string; alerting: AlertHost; idempotency: Idempotency; maxBytes: number },
): void {
  api.register(alertRoutes, { prefix, ...alerting, ...options });
  api.register(mqttTopicRoutes, { prefix, ...alerting });
}
