import type { Statement } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { DeviceService } from '../devices/device-service.ts';
import type { Access } from '../http/access.ts';
import type { MediaIntake } from '../media/media-intake.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { RecipientListService } from '../recipients/recipient-list-service.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { devicesOfPool } from '../system-messages/device-pool.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import type { OutgoingMedia } from '../whatsapp/outgoing.ts';
import type { AlertImage, AlertOrder, Escalation, NewAlert } from './alert.ts';
import type { AlertRepository, SameKey } from './alert-repository.ts';
import { type AlertSender, deviceFor } from './alert-sender.ts';
import { MOST_CAPTION, MOST_TEXT, sameAlert, textOf } from './alert-text.ts';

/** What became of a request for an alert; goes through JSON. */
export interface AcceptedAlert {
  readonly alertId: string;
  /** The same was told just now, and is only counted. */
  readonly isRepeat: boolean;
}

/** Where a request comes from. */
export interface AlertOrigin {
  readonly access: Pick<Access, 'mayUse' | 'deviceIds'>;
  readonly source: NewAlert['source'];
  readonly topic: string | null;
  /** What else makes it the same as another. */
  readonly keys: readonly SameKey[];
}

export interface AlertIntakeDeps {
  readonly alerts: AlertRepository;
  readonly tell: AlertSender;
  readonly lists: Pick<RecipientListService, 'resolve'>;
  readonly deviceService: Pick<DeviceService, 'list'>;
  readonly outbox: Pick<Outbox, 'accept'>;
  readonly mediaIntake: Pick<MediaIntake, 'take' | 'receiveBase64'>;
  readonly events: { last(): Promise<number> };
  readonly wakeups: Pick<Wakeups, 'ring'>;
  /** How long the same alert is not sent again, in ms; 0: it is. */
  readonly repeatMs: number;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Logger;
}

export type AlertIntake = ReturnType<typeof createAlertIntake>;

/** Takes alerts: rows for everybody on the list, in one transaction with the alert. */
export function createAlertIntake(deps: AlertIntakeDeps) {
  const { alerts, tell, lists, deviceService, outbox, events, wakeups, repeatMs, ids, clock, log } = deps;

  async function repeat(alertId: string, beside: Beside): Promise<AcceptedAlert> {
    const accepted = { alertId, isRepeat: true };
    await alerts.repeat(alertId, beside(accepted, alertId));
    log.info({ alertId }, 'the same alert again');
    return accepted;
  }

  async function escalationOf({ escalate }: AlertOrder): Promise<Escalation | null> {
    if (!escalate) return null;
    const { id: listId, name: listName } = await lists.resolve(escalate.list);
    return { listId, listName, afterMs: escalate.afterSeconds * 1_000 };
  }

  async function take(image: AlertImage | null): Promise<OutgoingMedia | null> {
    if (!image) return null;
    const source = 'url' in image ? image : await deps.mediaIntake.receiveBase64(image.base64);
    return deps.mediaIntake.take({ kind: 'image', source, mimetype: null, fileName: null });
  }

  async function ringLater({ id, escalation }: NewAlert): Promise<void> {
    if (escalation === null) return;
    await wakeups.ring('alert', id, new Date(clock.now().getTime() + escalation.afterMs));
  }

  return {
    /**
     * Durable when it resolves, with `beside(accepted, alertId)`; the messages go by themselves. Throws RECIPIENT_LIST_NOT_FOUND,
     * VALIDATION_FAILED, POOL_EMPTY, POOL_EXHAUSTED, and for an image what MediaIntake throws.
     */
    async accept(order: AlertOrder, origin: AlertOrigin, beside: Beside): Promise<AcceptedAlert> {
      const { id: listId, name: listName } = await lists.resolve(order.list);
      const text = textOf(order);
      const image = order.image;
      checkLength(text, image !== null);
      const escalation = await escalationOf(order);
      const said = { message: order.message, deviceIds: origin.access.deviceIds };
      const same: SameKey = { hash: sameAlert(listId, said), forMs: repeatMs, kind: 'claim' };
      const keys = repeatMs > 0 ? [...origin.keys, same] : origin.keys;
      const claims = keys.filter(({ kind }) => kind === 'claim').map(({ hash }) => hash);
      const known = await alerts.same(claims);
      if (known !== null) return repeat(known, beside);

      const devices = await devicesOfPool(deviceService, order.pool, origin.access);
      const deviceId = deviceFor(devices);
      const media = await take(image);
      const id = ids.next();
      const alert: NewAlert = {
        id,
        source: origin.source,
        topic: origin.topic,
        listId,
        listName,
        text,
        media,
        requiresAck: order.requiresAck || escalation !== null,
        deviceId,
        pool: devices.map((each) => each.deviceId as DeviceId),
        escalation,
        eventSeq: await events.last(),
      };
      const { messages, items } = await tell({ alertId: id, stage: 1, listId, text, media, deviceId });
      const accepted = { alertId: id, isRepeat: false };
      const statements = [...beside(accepted, id), ...alerts.begin(alert, items, keys)];
      try {
        await outbox.accept(messages, { beside: statements });
      } catch (error) {
        // Another request for the same was a moment faster.
        const winner = error instanceof DuplicateKeyError ? await alerts.same(claims) : null;
        if (winner !== null) return repeat(winner, beside);
        throw error;
      }
      log.info({ alertId: id, deviceId, recipients: items.length, source: alert.source }, 'alert accepted');
      await ringLater(alert);
      return accepted;
    },
  };
}

type Beside = (accepted: AcceptedAlert, alertId: string) => readonly Statement[];

function checkLength(text: string, hasImage: boolean): void {
  const most = hasImage ? MOST_CAPTION : MOST_TEXT;
  if (text.length <= most) return;
  const message = `with its readings at most ${most} characters${hasImage ? ' below an image' : ''}`;
  throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'message', message }] });
}
