import type { Egress } from '../egress/egress-client.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import { newWebhookSecret } from '../shared/standard-webhooks.ts';
import type { EndpointHealthRepository } from './endpoint-health-repository.ts';
import type { Poster } from './poster.ts';
import type { EventPattern, WebhookEndpoint } from './webhook.ts';
import { maySee, type WebhookCaller, type WebhookDevices, type WebhookLog } from './webhook-ports.ts';
import type { EndpointChange, WebhookRepository } from './webhook-repository.ts';
import { toWebhookView, type WebhookView } from './webhook-view.ts';

export interface WebhookServiceDeps {
  readonly endpoints: WebhookRepository;
  readonly verdicts: Pick<EndpointHealthRepository, 'disable'>;
  readonly devices: WebhookDevices;
  readonly egress: Pick<Egress, 'checkUrl'>;
  readonly events: WebhookLog;
  readonly poster: Poster;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly random: Random;
  /** There may be something to deliver for an endpoint again. */
  ring(endpointId: string): Promise<void>;
}

export interface WebhookOrder {
  readonly url: string;
  readonly events: readonly EventPattern[];
  /** Without it: every device the caller may use. */
  readonly deviceIds?: readonly DeviceId[] | null | undefined;
  readonly secret?: string | undefined;
}

export interface WebhookEdit extends EndpointChange {
  readonly status?: WebhookEndpoint['status'] | undefined;
}

/** Most endpoints of a server. */
export const MOST_WEBHOOKS = 100;
const OLD_SECRET_MS = 24 * 60 * 60_000;

export type WebhookService = ReturnType<typeof createWebhookService>;

/** What one can do with endpoints. Methods with an id throw WEBHOOK_NOT_FOUND, also where the caller may not know of it. */
export function createWebhookService(deps: WebhookServiceDeps) {
  const { endpoints, devices, egress, events, poster, ids, clock, random } = deps;
  const view = (endpoint: WebhookEndpoint) => toWebhookView(endpoint, clock.now());

  async function get(caller: WebhookCaller, webhookId: string): Promise<WebhookEndpoint> {
    const endpoint = await endpoints.find(webhookId);
    if (endpoint && maySee(caller, endpoint)) return endpoint;
    throw new AppError('WEBHOOK_NOT_FOUND', { webhookId });
  }

  /** Null: all of them, which for a restricted caller are its own. */
  async function checkDevices(
    caller: WebhookCaller,
    wanted: readonly DeviceId[] | null,
  ): Promise<readonly DeviceId[] | null> {
    if (wanted === null) return caller.deviceIds as readonly DeviceId[] | null;
    for (const deviceId of new Set(wanted)) {
      const exists = caller.mayUse(deviceId) && (await devices.find(deviceId));
      if (!exists) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    }
    return [...new Set(wanted)];
  }

  return {
    get,

    async list(caller: WebhookCaller): Promise<WebhookView[]> {
      return (await endpoints.list()).filter((endpoint) => maySee(caller, endpoint)).map(view);
    },

    async view(caller: WebhookCaller, webhookId: string): Promise<WebhookView> {
      return view(await get(caller, webhookId));
    },

    /**
     * Begins with what happens from now on. The secret is told this once. Throws URL_INVALID, URL_NOT_ALLOWED,
     * DEVICE_NOT_FOUND and WEBHOOK_LIMIT.
     */
    async create(caller: WebhookCaller, order: WebhookOrder): Promise<WebhookView & { secret: string }> {
      await egress.checkUrl(order.url);
      const deviceIds = await checkDevices(caller, order.deviceIds ?? null);
      if ((await endpoints.count()) >= MOST_WEBHOOKS) {
        throw new AppError('WEBHOOK_LIMIT', { limit: MOST_WEBHOOKS });
      }
      const secret = order.secret ?? newWebhookSecret(random);
      const id = ids.next();
      const { url, events: wanted } = order;
      await endpoints.add({ id, url, events: wanted, deviceIds, secret, cursorSeq: await events.last() });
      return { ...view(await get(caller, id)), secret };
    },

    /** What is left out stays. Enabling begins with what happens from now on. Throws what `create` throws. */
    async edit(caller: WebhookCaller, webhookId: string, edit: WebhookEdit): Promise<WebhookView> {
      await get(caller, webhookId);
      const { url, events: wanted, deviceIds, status } = edit;
      if (url !== undefined) await egress.checkUrl(url);
      const devicesNow = deviceIds === undefined ? undefined : await checkDevices(caller, deviceIds);
      await endpoints.change(webhookId, { url, events: wanted, deviceIds: devicesNow });
      if (status === 'disabled') await deps.verdicts.disable(webhookId, 'by_request');
      if (status === 'enabled' && (await endpoints.enable(webhookId, await events.last()))) {
        await deps.ring(webhookId);
      }
      return view(await get(caller, webhookId));
    },

    /** Its deliveries go with it. */
    async remove(caller: WebhookCaller, webhookId: string): Promise<void> {
      await get(caller, webhookId);
      await endpoints.remove(webhookId);
    },

    /** The old secret signs too for a day. The new one is told this once. */
    async rotateSecret(
      caller: WebhookCaller,
      webhookId: string,
      given?: string | undefined,
    ): Promise<WebhookView & { secret: string }> {
      const endpoint = await get(caller, webhookId);
      const secret = given ?? newWebhookSecret(random);
      await endpoints.rotate(endpoint, { secret, keepMs: OLD_SECRET_MS });
      return { ...view(await get(caller, webhookId)), secret };
    },

    /** Posts an event of type `test` now, also to a disabled endpoint, and tells what came of it. */
    async test(caller: WebhookCaller, webhookId: string) {
      const endpoint = await get(caller, webhookId);
      const [at, from] = [clock.now(), clock.monotonic()];
      const event = { id: ids.next(), type: 'test', at, deviceId: null, data: { webhookId } };
      const outcome = await poster.post(event, endpoint);
      const durationMs = Math.round(clock.monotonic() - from);
      const { statusCode } = outcome;
      const common = { eventId: event.id, statusCode, durationMs };
      if (outcome.kind === 'delivered') return { ...common, delivered: true, error: null, response: null };
      return { ...common, delivered: false, error: outcome.error, response: outcome.response };
    },
  };
}
