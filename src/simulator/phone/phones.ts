import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Random } from '../../shared/random.ts';
import type { SimulatorCore } from '../core.ts';
import { createLanes } from './lanes.ts';
import { createMediaCache } from './media-cache.ts';
import { createMediaWire } from './media-wire.ts';
import { openMessageBook } from './message-book.ts';
import { createPhone, type Phone } from './phone.ts';
import type { PhoneContext } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { openPhoneStore } from './phone-store.ts';
import { openSenderKeys } from './sender-keys.ts';
import { openSentBox } from './sent-box.ts';
import { openSignalEndpoint } from './signal-endpoint.ts';

export interface NewPhone {
  /** Digits, country code first. */
  readonly phoneNumber: string;
  readonly pushName?: string | undefined;
  /** A business account tells companions its name while linking; others do with their first message. */
  readonly business?: boolean | undefined;
}

/** Every simulated phone of a simulator. */
export interface Phones {
  /** Makes an account where there is none, and its phone. Throws PhoneError `PHONE_EXISTS`. */
  create(phone: NewPhone): Phone;
  find(phoneNumber: string): Phone | null;
  /** Throws PhoneError `PHONE_NOT_FOUND`. */
  get(phoneNumber: string): Phone;
  list(): readonly Phone[];
  /** Writes everything; the phones must not be used afterwards. */
  close(): void;
}

export interface PhonesOptions {
  readonly core: SimulatorCore;
  /** Keys, Signal sessions and messages survive here; null keeps them in memory. */
  readonly stateDir: string | null;
  /** PEM of the CA of the media host; null, the default, is no media. */
  readonly mediaCa?: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Opens the phones of a state directory and connects each to the server. */
export function openPhones({ core, stateDir, mediaCa = null, clock, random, log }: PhonesOptions): Phones {
  const store = openPhoneStore(stateDir);
  const phones = new Map<string, Phone>();
  const mediaWire = mediaCa === null ? null : createMediaWire(mediaCa);
  const mediaCache = createMediaCache();

  const connect = (phoneNumber: string, businessName: string | null): Phone => {
    const endpoint = openSignalEndpoint({ store, phoneNumber, random });
    const book = openMessageBook(store, phoneNumber, (error) =>
      log.error({ error }, 'simulator: a listener of a phone failed'),
    );
    const context: PhoneContext = {
      phoneNumber,
      businessName,
      core,
      store,
      clock,
      random,
      log,
      endpoint,
      book,
      senderKeys: openSenderKeys({ store, phoneNumber, random }),
      sentBox: openSentBox(store, phoneNumber),
      mediaWire,
      mediaCache,
      lanes: createLanes(),
      retries: new Map(),
    };
    const phone = createPhone(context);
    phones.set(phoneNumber, phone);
    core.attachPhone(phone.port);
    return phone;
  };
  for (const key of store.keys('phone/')) {
    const phoneNumber = key.slice('phone/'.length);
    if (!core.findAccount(phoneNumber)) core.createAccount({ phoneNumber });
    connect(phoneNumber, businessNameOf(store.get(key)));
  }

  const find = (phoneNumber: string) => phones.get(phoneNumber) ?? null;
  return {
    create({ phoneNumber, pushName = `Phone ${phoneNumber.slice(-4)}`, business = false }) {
      if (phones.has(phoneNumber)) throw new PhoneError('PHONE_EXISTS', 'This phone exists already');
      const account = core.findAccount(phoneNumber) ?? core.createAccount({ phoneNumber, pushName });
      const businessName = business ? account.pushName : null;
      store.set(`phone/${phoneNumber}`, { businessName });
      return connect(phoneNumber, businessName);
    },
    find,
    get(phoneNumber) {
      const phone = find(phoneNumber);
      if (!phone) throw new PhoneError('PHONE_NOT_FOUND', 'There is no phone with this number');
      return phone;
    },
    list: () => [...phones.values()],
    close() {
      mediaWire?.agent.destroy();
      store.close();
    },
  };
}

function businessNameOf(stored: unknown): string | null {
  const name =
    typeof stored === 'object' && stored !== null && 'businessName' in stored && stored.businessName;
  return typeof name === 'string' ? name : null;
}
