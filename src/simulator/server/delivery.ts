import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { WireNode } from '../node.ts';
import type { StateStore } from '../state/state-store.ts';
import type { AccountRecord, QueueEntry } from '../state/world.ts';
import { decodeNode, encodeNode } from '../wire/codec.ts';
import { corrupted } from './corruption.ts';
import { type DeviceRef, type Directory, deviceJid } from './directory.ts';
import type { History } from './history.ts';
import { createPhoneMail } from './phone-mail.ts';
import { queueKey } from './queue-key.ts';
import type { Session, Sessions } from './session.ts';
import { node, SERVER_JID } from './stanza.ts';

/** Brings stanzas to devices: kept until acknowledged, sent at once when the device is there. */
export interface Delivery {
  /** Queues a stanza for a device and sends it when the device is online. */
  deliver(to: DeviceRef, stanza: WireNode): void;
  /** Sends a stanza nobody waits for, such as a presence; lost when the device is not there. */
  relay(to: DeviceRef, stanza: WireNode): void;
  /** How many stanzas of each class wait for a session. */
  waitingFor(session: Session): {
    readonly total: number;
    readonly byClass: Readonly<Record<string, number>>;
  };
  /** Sends everything that waits, marked as offline, then says that this was all; from now on stanzas flow live. */
  catchUp(session: Session): void;
  /** Forgets every copy under the key that was sent to the device. */
  settle(ref: DeviceRef, key: string): void;
  /** Forgets the oldest copy under the key that was sent: a refused copy says nothing about its resend. */
  settleOldest(ref: DeviceRef, key: string): void;
  /** Hands the phone what waits for it. */
  wakePhone(account: AccountRecord): void;
  /** Resolves when no phone is busy with a stanza. */
  quiet(): Promise<void>;
}

export interface DeliveryOptions {
  readonly state: StateStore;
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly faults: FaultPlan;
  readonly history: History;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { state, directory, sessions, faults, history, clock } = options;
  const phoneMail = createPhoneMail(options);

  const enqueue = (to: DeviceRef, stanza: WireNode): QueueEntry | null => {
    const { phoneNumber } = to.account;
    const key = queueKey(directory, stanza);
    const sequence = state.world.sequence + 1;
    const bytes = encodeNode(stanza);
    state.commit({ kind: 'enqueue', phoneNumber, device: to.device, key, sequence, stanza: bytes });
    return to.account.queues.get(to.device)?.get(key)?.at(-1) ?? null;
  };
  const forget = ({ account, device }: DeviceRef, { key, sequence }: QueueEntry) =>
    state.commit({ kind: 'dequeue', phoneNumber: account.phoneNumber, device, key, sequence });
  const sentCopies = ({ account, device }: DeviceRef, key: string) =>
    (account.queues.get(device)?.get(key) ?? []).filter((entry) => entry.sentOn !== null);

  const transmit = (session: Session, entry: QueueEntry, stanza: WireNode) => {
    const { connection } = session;
    // What does not leave waits for the next login.
    if (!connection.open) return;
    entry.sentOn = connection.id;
    history.append(deliveryRecord(session, stanza));
    const subject = subjectOf(session);
    if (stanza.tag === 'message' && faults.strike(['corrupt-ciphertext'], subject)) {
      connection.send(corrupted(stanza));
    } else {
      connection.sendEncoded(stanza.attrs.offline ? encodeNode(stanza) : entry.stanza);
    }
    if (stanza.tag !== 'message') return;
    if (!faults.strike(['duplicate-delivery'], subject)) return;
    history.append(deliveryRecord(session, stanza));
    connection.sendEncoded(entry.stanza);
  };
  const sendLive = (session: Session, entry: QueueEntry, stanza: WireNode) => {
    if (
      stanza.tag === 'message' &&
      !session.held &&
      faults.strike(['reorder-delivery'], subjectOf(session))
    ) {
      session.held = entry;
      return;
    }
    transmit(session, entry, stanza);
    const { held } = session;
    if (!held || stanza.tag !== 'message') return;
    session.held = null;
    transmit(session, held, decodeNode(held.stanza));
  };

  const handOver = (session: Session) => {
    session.caughtUp = true;
    const waiting = waitingEntries(session).sort((left, right) => left.sequence - right.sequence);
    for (const entry of waiting) {
      const { tag, attrs, content } = decodeNode(entry.stanza);
      transmit(session, entry, node(tag, { ...attrs, offline: '1' }, content));
    }
    const count = String(waiting.length);
    session.connection.send(node('ib', { from: SERVER_JID }, [node('offline', { count })]));
  };

  return {
    deliver(to, stanza) {
      if (to.device !== 0 && !to.account.devices.has(to.device)) return;
      const entry = enqueue(to, stanza);
      if (to.device === 0) return phoneMail.wake(to.account);
      const session = sessions.get(to);
      if (session?.caughtUp && entry) sendLive(session, entry, stanza);
    },
    relay(to, stanza) {
      if (to.device === 0) return phoneMail.relay(to.account, stanza);
      sessions.get(to)?.connection.send(stanza);
    },
    waitingFor(session) {
      const byClass: Record<string, number> = {};
      const waiting = waitingEntries(session);
      for (const { key } of waiting) {
        const tag = key.slice(0, key.indexOf('|'));
        byClass[tag] = (byClass[tag] ?? 0) + 1;
      }
      return { total: waiting.length, byClass };
    },
    catchUp(session) {
      if (session.caughtUp || session.catchingUp) return;
      const fault = faults.strike(['delay-offline'], subjectOf(session));
      if (!fault) return handOver(session);
      session.catchingUp = true;
      clock.after(fault.delayMs, () => handOver(session));
    },
    settle(ref, key) {
      for (const entry of sentCopies(ref, key)) forget(ref, entry);
    },
    settleOldest(ref, key) {
      const [oldest] = sentCopies(ref, key);
      if (oldest) forget(ref, oldest);
    },
    wakePhone: phoneMail.wake,
    quiet: phoneMail.quiet,
  };
}

function waitingEntries({ account, device }: Session): QueueEntry[] {
  return [...(account.queues.get(device)?.values() ?? [])].flat();
}

function subjectOf({ account, device }: DeviceRef) {
  return { phoneNumber: account.phoneNumber, device };
}

function deliveryRecord(session: Session, stanza: WireNode) {
  const { id = '', from = '', type = null, offline } = stanza.attrs;
  const isOffline = offline !== undefined;
  const device = deviceJid(session);
  return { kind: 'delivery', device, id, class: stanza.tag, type, from, offline: isOffline } as const;
}
