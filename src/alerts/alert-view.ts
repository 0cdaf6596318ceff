import type { Alert, AlertItem } from './alert.ts';

/** How many messages of an alert got how far. */
export interface AlertProgress {
  readonly total: number;
  /** Not with WhatsApp yet. */
  readonly waiting: number;
  /** With WhatsApp, at least. */
  readonly sent: number;
  /** With the recipient, at least. */
  readonly delivered: number;
  readonly read: number;
  /** Nothing more is tried. */
  readonly failed: number;
}

/** An alert as callers see it; times are ISO 8601 in UTC. */
export function toAlertView(alert: Alert, progress: AlertProgress) {
  const { escalation } = alert;
  return {
    alertId: alert.id,
    source: alert.source,
    topic: alert.topic,
    list: { id: alert.listId, name: alert.listName },
    message: alert.text,
    hasImage: alert.media !== null,
    deviceId: alert.deviceId as string,
    status: alert.status,
    requiresAck: alert.requiresAck,
    escalation: escalation && {
      list: { id: escalation.listId, name: escalation.listName },
      afterSeconds: Math.round(escalation.afterMs / 1_000),
      at: iso(alert.escalateAt),
      escalatedAt: iso(alert.escalatedAt),
      problem: alert.problem,
    },
    acknowledgedAt: iso(alert.acknowledgedAt),
    acknowledgedBy: alert.acknowledgedBy,
    repeats: alert.repeats,
    lastRepeatedAt: iso(alert.lastRepeatedAt),
    progress,
    createdAt: alert.createdAt.toISOString(),
  };
}

export function toItemView({ stage, name, to, deviceId, waMessageId, status }: AlertItem) {
  return {
    stage: stage as number,
    name,
    to: to as string,
    deviceId: deviceId as string,
    messageId: waMessageId as string,
    status,
  };
}

/** From how many messages are in which status. */
export function progressOf(
  counts: Iterable<{ readonly status: string; readonly count: number }>,
): AlertProgress {
  const among = new Map<string, number>();
  for (const { status, count } of counts) among.set(status, (among.get(status) ?? 0) + count);
  const sum = (...statuses: string[]) =>
    statuses.reduce((total, status) => total + (among.get(status) ?? 0), 0);
  const read = sum('read', 'played');
  const delivered = read + sum('delivered');
  return {
    total: sum(...among.keys()),
    waiting: sum('queued', 'sending'),
    sent: delivered + sum('server_ack'),
    delivered,
    read,
    failed: sum('failed', 'held', 'cancelled', 'expired'),
  };
}

function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
