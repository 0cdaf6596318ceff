import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Random } from '../../shared/random.ts';
import type { DeviceAddress, SimAccount, SimulatorCore } from '../core.ts';
import type { Lanes } from './lanes.ts';
import type { MediaCache } from './media-cache.ts';
import type { MediaWire } from './media-wire.ts';
import type { MessageBook } from './message-book.ts';
import type { PhoneStore } from './phone-store.ts';
import type { SenderKeys } from './sender-keys.ts';
import type { SentBox } from './sent-box.ts';
import type { SignalAddress, SignalEndpoint } from './signal-endpoint.ts';

/** What every part of one phone works with. */
export interface PhoneContext {
  readonly phoneNumber: string;
  /** Shown to companions of a business account; null for everybody else. */
  readonly businessName: string | null;
  readonly core: SimulatorCore;
  readonly store: PhoneStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly endpoint: SignalEndpoint;
  readonly senderKeys: SenderKeys;
  readonly book: MessageBook;
  /** What the phone can send again. */
  readonly sentBox: SentBox;
  /** Null when there is no media host. */
  readonly mediaWire: MediaWire | null;
  readonly mediaCache: MediaCache;
  /** By chat: what must go out in turn. */
  readonly lanes: Lanes;
  /** How often each unreadable message was asked for again, by id. */
  readonly retries: Map<string, number>;
}

/** The phone's own account. */
export function ownAccount({ core, phoneNumber }: PhoneContext): SimAccount {
  const account = core.findAccount(phoneNumber);
  if (!account) throw new Error('the account of the phone is gone');
  return account;
}

/** A device under the name its Signal session is kept by: always the LID, where the person has one. */
export function signalAddress({ core }: PhoneContext, { user, device }: DeviceAddress): SignalAddress {
  return { user: core.findAccount(user)?.lid ?? user, device };
}

/** Ids of stanzas the phone sends; message ids look like those of an iPhone. */
export function newMessageId({ random }: PhoneContext): string {
  return `3A${random.bytes(9).toString('hex').toUpperCase()}`;
}

export function unixSeconds({ clock }: PhoneContext): number {
  return Math.floor(clock.now().getTime() / 1000);
}
