import type { Attempt, Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './webhook.ts';

/** An endpoint as callers see it: without its secrets. */
export type WebhookView = ReturnType<typeof toWebhookView>;
export type DeliveryView = ReturnType<typeof toDeliveryView>;

export function toWebhookView(endpoint: WebhookEndpoint, now: Date) {
  const { id, url, events, deviceIds, status, disabledReason, previousSecret } = endpoint;
  const isRotating = previousSecret !== null && previousSecret.until > now;
  return {
    webhookId: id,
    url,
    events: [...events],
    deviceIds: deviceIds && [...deviceIds],
    status,
    disabledAt: endpoint.disabledAt?.toISOString() ?? null,
    disabledReason,
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    previousSecretUntil: isRotating ? previousSecret.until.toISOString() : null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}

export function toDeliveryView(delivery: Delivery, attempts: readonly Attempt[]) {
  const { id, endpointId, eventId, eventType, deviceId, status } = delivery;
  return {
    deliveryId: id,
    webhookId: endpointId,
    eventId,
    eventType,
    deviceId,
    status,
    attemptCount: delivery.attempts,
    nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
    lastStatusCode: delivery.lastStatusCode,
    lastError: delivery.lastError,
    lastDurationMs: delivery.lastDurationMs,
    createdAt: delivery.createdAt.toISOString(),
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
    attempts: attempts
      .filter(({ deliveryId }) => deliveryId === id)
      .map(({ number, startedAt, durationMs, statusCode, error, response }) => ({
        number,
        startedAt: startedAt.toISOString(),
        durationMs,
        statusCode,
        error,
        response,
      })),
  };
}
