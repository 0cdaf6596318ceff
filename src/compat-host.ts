import { instanceRoutes } from './compat/instance-routes.ts';
import { qrPageRoutes } from './compat/qr-page-routes.ts';
import { singleDeviceRoutes } from './compat/single-device-routes.ts';
import { wuzapiChatRoutes } from './compat/wuzapi-chat-routes.ts';
import { wuzapiSessionRoutes } from './compat/wuzapi-session-routes.ts';
import type { ContactService } from './contacts/contact-service.ts';
import type { DeviceService } from './devices/device-service.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { MessageService } from './messages/message-service.ts';
import type { SendingHost } from './sending-host.ts';
import type { Clock } from './shared/clock.ts';
import type { DeviceId } from './shared/ids.ts';

interface CompatParts {
  readonly deviceService: DeviceService;
  readonly messageService: MessageService;
  readonly contactService: ContactService;
  readonly sending: SendingHost;
  readonly clock: Clock;
  readonly defaultDevice: DeviceId | null;
  countRecipients(): Promise<number>;
}

/** The faces that programs written for other gateways know. */
export function mountCompat(
  api: ApiInstance,
  { sending, defaultDevice: configured, ...parts }: CompatParts,
): void {
  const prefix = '/api/whatsapp';
  api.register(wuzapiSessionRoutes, parts);
  api.register(wuzapiChatRoutes, { ...parts, ...sending });
  api.register(singleDeviceRoutes, { prefix, ...parts, configured });
  api.register(instanceRoutes, { prefix, ...parts });
  api.register(qrPageRoutes, { ...parts, ...sending, configured });
}
