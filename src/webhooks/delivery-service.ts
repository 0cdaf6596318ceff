import { AppError } from '../shared/errors.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import type { DeliveryListRepository } from './delivery-list-repository.ts';
import type { WebhookEndpoint } from './webhook.ts';
import type { WebhookCaller, WebhookLog } from './webhook-ports.ts';
import { type DeliveryView, toDeliveryView } from './webhook-view.ts';

export interface DeliveryServiceDeps {
  readonly list: DeliveryListRepository;
  readonly webhooks: {
    /** Throws WEBHOOK_NOT_FOUND. */
    get(caller: WebhookCaller, webhookId: string): Promise<WebhookEndpoint>;
  };
  readonly events: WebhookLog;
  /** There is something to deliver for an endpoint. */
  ring(endpointId: string): Promise<void>;
}

export interface DeliveryListing {
  readonly webhookId: string;
  readonly status?: DeliveryStatus | undefined;
  readonly order: 'asc' | 'desc';
  readonly page: number;
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

const REDELIVERED_AT_ONCE = 500;
/** More are left to the next request. */
const MOST_REDELIVERED = 10_000;

export type DeliveryService = ReturnType<typeof createDeliveryService>;

/** Deliveries as people look at them and send them again. */
export function createDeliveryService({ list, webhooks, events, ring }: DeliveryServiceDeps) {
  /** A delivery of an endpoint the caller may not know of does not exist either. */
  async function get(caller: WebhookCaller, deliveryId: string) {
    const delivery = await list.find(deliveryId);
    if (!delivery) throw new AppError('DELIVERY_NOT_FOUND', { deliveryId });
    const endpoint = await webhooks.get(caller, delivery.endpointId).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'WEBHOOK_NOT_FOUND') {
        throw new AppError('DELIVERY_NOT_FOUND', { deliveryId });
      }
      throw error;
    });
    return { delivery, endpoint };
  }

  async function withAttempts(deliveries: readonly Delivery[]): Promise<DeliveryView[]> {
    const attempts = await list.attemptsOf(deliveries.map(({ id }) => id));
    return deliveries.map((delivery) => toDeliveryView(delivery, attempts));
  }

  async function view(caller: WebhookCaller, deliveryId: string): Promise<DeliveryView> {
    const { delivery } = await get(caller, deliveryId);
    return toDeliveryView(delivery, await list.attemptsOf([delivery.id]));
  }

  function requireEnabled({ id: webhookId, status }: WebhookEndpoint): void {
    if (status === 'disabled') throw new AppError('WEBHOOK_DISABLED', { webhookId });
  }

  return {
    view,

    /** One page and how many there are; a `cursor` goes on after the last item of an earlier page. */
    async list(caller: WebhookCaller, listing: DeliveryListing) {
      const { webhookId: endpointId, status, order, page, pageSize, cursor } = listing;
      await webhooks.get(caller, endpointId);
      const offset = cursor === undefined ? (page - 1) * pageSize : 0;
      const [found, total] = await Promise.all([
        list.list({ endpointId, status, order, limit: pageSize + 1, offset, after: cursor }),
        list.count({ endpointId, status }),
      ]);
      const items = await withAttempts(found.slice(0, pageSize));
      const nextCursor = found.length > pageSize ? (items.at(-1)?.deliveryId ?? null) : null;
      return { items, total, page, pageSize, nextCursor };
    },

    /** Makes it due now, whatever became of it. Throws DELIVERY_NOT_FOUND, WEBHOOK_DISABLED and DELIVERY_EXPIRED. */
    async redeliver(caller: WebhookCaller, deliveryId: string): Promise<DeliveryView> {
      const { delivery, endpoint } = await get(caller, deliveryId);
      requireEnabled(endpoint);
      if ((await events.seqOf(delivery.eventId)) === null) {
        throw new AppError('DELIVERY_EXPIRED', { deliveryId });
      }
      await list.redeliver(deliveryId);
      await ring(endpoint.id);
      return view(caller, deliveryId);
    },

    /** Makes all due that failed and were made since then; says how many, and whether there are more. */
    async redeliverFailed(caller: WebhookCaller, webhookId: string, since: Date) {
      requireEnabled(await webhooks.get(caller, webhookId));
      let count = 0;
      let some = REDELIVERED_AT_ONCE;
      while (some === REDELIVERED_AT_ONCE && count < MOST_REDELIVERED) {
        some = await list.redeliverFailed(webhookId, { since, limit: REDELIVERED_AT_ONCE });
        count += some;
        await ring(webhookId);
      }
      return { count, more: some === REDELIVERED_AT_ONCE };
    },
  };
}
