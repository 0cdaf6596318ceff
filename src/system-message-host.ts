import type { DeviceEvent } from './devices/device-events.ts';
import type { DeviceService } from './devices/device-service.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { Idempotency } from './http/idempotency.ts';
import type { MessageService } from './messages/message-service.ts';
import type { Clock } from './shared/clock.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { Logger } from './shared/logger.ts';
import { createReadiness } from './system-messages/ready-device.ts';
import { systemMessageRoutes } from './system-messages/system-message-routes.ts';
import {
  createSystemMessageService,
  type SystemMessageService,
} from './system-messages/system-message-service.ts';

interface SystemMessageHostDeps {
  readonly prefix: string;
  readonly deviceService: DeviceService;
  readonly messageService: MessageService;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly idempotency: Idempotency;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Messages for which it does not matter which device sends them; for others that send such. */
export function mountSystemMessages(
  api: ApiInstance,
  { prefix, ...deps }: SystemMessageHostDeps,
): SystemMessageService {
  const systemMessages = createSystemMessageService({ ...deps, readiness: createReadiness(deps) });
  api.register(systemMessageRoutes, { prefix, systemMessages });
  return systemMessages;
}
