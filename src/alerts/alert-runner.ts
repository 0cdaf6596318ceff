import type { DeviceService } from '../devices/device-service.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError, FencedError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { devicesOfPool } from '../system-messages/device-pool.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import type { Alert, Escalation } from './alert.ts';
import type { AlertRepository } from './alert-repository.ts';
import { type AlertSender, deviceFor, type Told } from './alert-sender.ts';
import { escalatedText } from './alert-text.ts';

export interface AlertRunnerDeps {
  readonly alerts: Pick<AlertRepository, 'find' | 'escalate' | 'escalateToNobody' | 'insertItems'>;
  readonly tell: AlertSender;
  readonly deviceService: Pick<DeviceService, 'list'>;
  readonly outbox: Pick<Outbox, 'accept'>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What no further try would mend: then somebody sees it at the alert. */
const FOR_GOOD: ReadonlySet<string> = new Set(['RECIPIENT_LIST_NOT_FOUND', 'VALIDATION_FAILED']);

/** Escalates one alert that is due; the handler of the topic `alert`. While no device can send it is left to the sweep. */
export function createAlertRunner(deps: AlertRunnerDeps): (id: string) => Promise<void> {
  const { alerts, tell, deviceService, outbox, wakeups, clock, log } = deps;

  return async (id) => {
    const reading = await alerts.find(id);
    if (reading?.alert.status !== 'waiting' || reading.inMs === null) return;
    const { alert, inMs } = reading;
    const { escalation } = alert;
    if (escalation === null) return;
    if (inMs > 0) return wakeups.ring('alert', id, new Date(clock.now().getTime() + inMs));
    try {
      await send(alert, await toldOf(alert, escalation));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (FOR_GOOD.has(error.code)) return giveUp(alert, error.code);
      log.warn({ alertId: id, code: error.code }, 'an alert cannot escalate now');
    }
  };

  async function toldOf({ id, text, media, pool, listName }: Alert, { listId }: Escalation): Promise<Told> {
    // Who asked was allowed to use them.
    const deviceId = deviceFor(await devicesOfPool(deviceService, pool, { mayUse: () => true }));
    return tell({ alertId: id, stage: 2, listId, text: escalatedText(text, listName), media, deviceId });
  }

  /** The messages and the change of the alert are one transaction: an acknowledgement comes before it, or too late. */
  async function send(alert: Alert, { messages, items }: Told): Promise<void> {
    const { guard, statement } = alerts.escalate(alert, null);
    try {
      await outbox.accept(messages, { guard, beside: [statement, ...alerts.insertItems(items)] });
      log.warn({ alertId: alert.id, recipients: items.length }, 'an alert escalated');
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
    }
  }

  async function giveUp(alert: Alert, problem: string): Promise<void> {
    if (!(await alerts.escalateToNobody(alert, problem))) return;
    log.error({ alertId: alert.id, problem }, 'an alert escalated to nobody');
  }
}
