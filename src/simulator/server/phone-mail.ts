import type { Logger } from '../../shared/logger.ts';
import type { WireNode } from '../node.ts';
import type { StateStore } from '../state/state-store.ts';
import type { AccountRecord, QueueEntry } from '../state/world.ts';
import { decodeNode } from '../wire/codec.ts';
import { type Directory, deviceJid } from './directory.ts';
import type { History } from './history.ts';

/** Mail for phones. They live in this process, so what `deliver` has taken is delivered. */
export interface PhoneMail {
  /** Hands the phone what waits for it, one stanza at a time. */
  wake(account: AccountRecord): void;
  /** Hands the phone a stanza that need not survive. */
  relay(account: AccountRecord, stanza: WireNode): void;
  /** Resolves when no phone is busy with a stanza. */
  quiet(): Promise<void>;
}

export interface PhoneMailOptions {
  readonly state: StateStore;
  readonly directory: Directory;
  readonly history: History;
  readonly log: Logger;
}

export function createPhoneMail({ state, directory, history, log }: PhoneMailOptions): PhoneMail {
  const busy = new Map<string, Promise<void>>();
  const fleeting = new Map<string, WireNode[]>();

  const hand = async (account: AccountRecord, stanza: WireNode) => {
    const { id = '', from = '', type = null } = stanza.attrs;
    const device = deviceJid({ account, device: 0 });
    history.append({ kind: 'delivery', device, id, class: stanza.tag, type, from, offline: false });
    try {
      await directory.phoneOf(account)?.deliver(stanza);
    } catch (error) {
      // A phone that chokes on a stanza must not dam up what comes after it.
      log.error({ err: error, class: stanza.tag }, 'simulated phone failed on a stanza');
    }
  };
  /** False when nothing waits. */
  const handNext = async (account: AccountRecord) => {
    const { phoneNumber } = account;
    const passing = fleeting.get(phoneNumber)?.shift();
    const entry = passing ? null : oldestFor(account);
    const stanza = passing ?? (entry && decodeNode(entry.stanza));
    if (!stanza) return false;
    await hand(account, stanza);
    if (entry) {
      const { key, sequence } = entry;
      state.commit({ kind: 'dequeue', phoneNumber, device: 0, key, sequence });
    }
    return true;
  };
  const work = async (account: AccountRecord) => {
    while (await handNext(account));
    busy.delete(account.phoneNumber);
    // Something may have come while the last look was being answered.
    if (oldestFor(account)) wake(account);
  };
  const wake = (account: AccountRecord) => {
    const { phoneNumber } = account;
    if (busy.has(phoneNumber) || !directory.phoneOf(account)) return;
    busy.set(
      phoneNumber,
      Promise.resolve().then(() => work(account)),
    );
  };
  return {
    wake,
    relay(account, stanza) {
      const { phoneNumber } = account;
      if (!directory.phoneOf(account)) return;
      fleeting.set(phoneNumber, [...(fleeting.get(phoneNumber) ?? []), stanza]);
      wake(account);
    },
    async quiet() {
      while (busy.size > 0) await Promise.all(busy.values());
    },
  };
}

/** Keys were queued in order, and entries under one key too. */
function oldestFor(account: AccountRecord): QueueEntry | null {
  const { value } = account.queues.get(0)?.values().next() ?? {};
  return value?.[0] ?? null;
}
