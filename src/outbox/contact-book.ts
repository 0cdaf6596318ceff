import type { Clock, Timer } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { isLid, type Jid, phoneNumberOf, withoutDevice } from '../whatsapp/jid.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';
import type { ContactNote, ContactRepository, Span } from './contact-repository.ts';

/** Who wrote to a device and to whom it wrote: in memory for what must be fast, written behind in batches. */
export interface ContactBook {
  /** When they last wrote to us; null: never. A promise where the database must be asked, which may throw. */
  lastInboundAt(deviceId: DeviceId, jid: Jid): Date | null | Promise<Date | null>;
  /** How many of them never wrote to us, in any process. Throws what the database throws. */
  countStrangers(deviceId: DeviceId, jids: readonly Jid[]): Promise<number>;
  /** A message came in; groups, channels and what the owner wrote on the phone make nobody warm. */
  received(deviceId: DeviceId, message: ReceivedMessage): void;
  /** WhatsApp took a message of ours. */
  sent(deviceId: DeviceId, to: Jid): void;
  /** The device is another account, whom nobody has written to yet. */
  startOver(deviceId: DeviceId): Promise<void>;
  /** The device is run here no longer. */
  forget(deviceId: DeviceId): void;
  /** Writes what is not written yet; resolves when it was tried. */
  drain(): Promise<void>;
}

interface BookDeps {
  readonly repository: ContactRepository;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Everybody who wrote to a device is kept in memory up to so many; beyond that the database is asked. */
const KEPT_CONTACTS = 5_000;
/** How long a note waits for others to be written with. */
const WRITE_AFTER_MS = 1_000;
const RETRY_AFTER_MS = 5_000;

/** What is known of one device. Null: they never wrote. */
interface Known {
  readonly inbound: Map<Jid, Date | null>;
  /** Whoever is not in `inbound` never wrote. */
  isComplete: boolean;
  loaded: Promise<void>;
}

export function createContactBook({ repository, clock, log }: BookDeps): ContactBook {
  const devices = new Map<DeviceId, Known>();
  let unwritten = new Map<string, ContactNote>();
  let beingWritten: ReadonlyMap<string, ContactNote> = new Map();
  let writing: Promise<void> | null = null;
  let timer: Timer | null = null;

  const open = (deviceId: DeviceId): Known => {
    const known = devices.get(deviceId);
    if (known) return known;
    const inbound = new Map<Jid, Date | null>();
    for (const note of [...beingWritten.values(), ...unwritten.values()]) {
      if (note.deviceId === deviceId && note.inbound) heard(inbound, note.jid, note.inbound.last);
    }
    const made: Known = { inbound, isComplete: false, loaded: Promise.resolve() };
    devices.set(deviceId, made);
    made.loaded = fill(deviceId, made);
    return made;
  };
  const fill = async (deviceId: DeviceId, known: Known): Promise<void> => {
    try {
      const warm = await repository.warm(deviceId, KEPT_CONTACTS);
      for (const { jid, lastInboundAt } of warm) heard(known.inbound, jid, lastInboundAt);
      known.isComplete = warm.length < KEPT_CONTACTS;
    } catch (error) {
      // Whoever waits is told, and the next one asks again.
      if (devices.get(deviceId) === known) devices.delete(deviceId);
      throw error;
    }
  };
  const ask = async (deviceId: DeviceId, jid: Jid): Promise<Date | null> => {
    const known = open(deviceId);
    await known.loaded;
    const found = known.inbound.get(jid);
    if (found !== undefined || known.isComplete) return found ?? null;
    const [contact] = await repository.warmAmong(deviceId, [jid]);
    if (contact) heard(known.inbound, jid, contact.lastInboundAt);
    else if (!known.inbound.has(jid)) known.inbound.set(jid, null);
    trim(known);
    return known.inbound.get(jid) ?? null;
  };
  const note = (key: { deviceId: DeviceId; jid: Jid }, times: Partial<ContactNote>): void => {
    const name = nameOf(key);
    const before = unwritten.get(name);
    unwritten.set(name, {
      ...key,
      inbound: joined(before?.inbound, times.inbound),
      outbound: joined(before?.outbound, times.outbound),
    });
    timer ??= clock.after(WRITE_AFTER_MS, () => void write());
  };
  const write = async (): Promise<void> => {
    timer?.cancel();
    timer = null;
    while (writing !== null) await writing;
    if (unwritten.size === 0) return;
    writing = writeAll();
    await writing;
  };
  const writeAll = async (): Promise<void> => {
    const notes = unwritten;
    beingWritten = notes;
    unwritten = new Map();
    try {
      await repository.note([...notes.values()]);
    } catch (error) {
      log.warn({ contacts: notes.size, err: error }, 'contacts not stored');
      for (const { deviceId, jid, ...times } of notes.values()) note({ deviceId, jid }, times);
      timer?.cancel();
      timer = clock.after(RETRY_AFTER_MS, () => void write());
    } finally {
      beingWritten = new Map();
      writing = null;
    }
  };

  return {
    lastInboundAt(deviceId, jid) {
      const known = devices.get(deviceId);
      const found = known?.inbound.get(jid);
      if (found !== undefined) return found;
      return known?.isComplete ? null : ask(deviceId, jid);
    },
    async countStrangers(deviceId, jids) {
      const people = [...new Set(jids.filter(isPerson))];
      const warm = new Set((await repository.warmAmong(deviceId, people)).map(({ jid }) => jid));
      const wrote = (jid: Jid) => {
        const name = nameOf({ deviceId, jid });
        return warm.has(jid) || unwritten.get(name)?.inbound || beingWritten.get(name)?.inbound;
      };
      return people.filter((jid) => !wrote(jid)).length;
    },
    received(deviceId, { fromMe, chat, chatAlt, timestamp }) {
      if (fromMe || !isPerson(chat)) return;
      const now = clock.now();
      const at = timestamp < now ? timestamp : now;
      for (const address of chatAlt ? [chat, chatAlt] : [chat]) {
        const jid = withoutDevice(address);
        const known = devices.get(deviceId);
        if (known) heard(known.inbound, jid, at);
        note({ deviceId, jid }, { inbound: { first: at, last: at } });
      }
    },
    sent(deviceId, to) {
      if (!isPerson(to)) return;
      const at = clock.now();
      note({ deviceId, jid: to }, { outbound: { first: at, last: at } });
    },
    async startOver(deviceId) {
      devices.delete(deviceId);
      await write();
      await repository.forgetAll(deviceId);
    },
    forget: (deviceId) => void devices.delete(deviceId),
    drain: write,
  };
}

function isPerson(jid: Jid): boolean {
  return isLid(jid) || phoneNumberOf(withoutDevice(jid)) !== null;
}

function nameOf({ deviceId, jid }: { deviceId: DeviceId; jid: Jid }): string {
  return `${deviceId} ${jid}`;
}

function heard(inbound: Known['inbound'], jid: Jid, at: Date): void {
  const before = inbound.get(jid);
  if (!before || before < at) inbound.set(jid, at);
}

/** The oldest answers of the database give way; it can be asked again. */
function trim({ inbound }: Known): void {
  for (const jid of inbound.keys()) {
    if (inbound.size <= 2 * KEPT_CONTACTS) return;
    inbound.delete(jid);
  }
}

function joined(one: Span | null | undefined, other: Span | null | undefined): Span | null {
  if (!one || !other) return one ?? other ?? null;
  return {
    first: one.first < other.first ? one.first : other.first,
    last: one.last > other.last ? one.last : other.last,
  };
}
