import { AppError } from '../shared/errors.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { type Jid, parseJid, phoneNumberOf } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { ChatState, ReadMark, WhatsAppSocket } from '../whatsapp/socket.ts';
import type { NumberCheck, NumberChecks } from './number-checks.ts';

type Socket = Pick<WhatsAppSocket, 'markRead' | 'showChatState' | 'checkNumbers' | 'contactProfile'>;

export interface ContactServiceDeps {
  readonly devices: { find(deviceId: DeviceId): Promise<object | null> };
  /** Throws DEVICE_NOT_CONNECTED. */
  readonly sockets: { socketOf(deviceId: DeviceId): Socket };
  readonly messages: ReceivedMessages;
  readonly checks: NumberChecks;
  readonly defaultCountry: DefaultCountry;
}

/** What a device received, as far as marking it needs. */
interface ReceivedMessages {
  find(deviceId: DeviceId, waMessageId: WaMessageId): Promise<Markable | null>;
  /** Newest first. */
  page(page: { deviceId: DeviceId; chat: Jid; limit: number }): Promise<Markable[]>;
}

type Markable = ReadMark & { readonly fromMe: boolean };

/** What is known of one number somebody asked about. */
export interface CheckedNumber {
  /** As it was asked. */
  readonly input: string;
  /** Digits; null: it is no phone number. */
  readonly number: string | null;
  readonly registered: boolean;
  readonly jid: string | null;
  readonly checkedAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export type ContactService = ReturnType<typeof createContactService>;

/** The newest messages of a chat that are marked as read together. */
const MARKED_AT_ONCE = 100;

/** Everything about the people a device writes with. Methods throw DEVICE_NOT_FOUND and DEVICE_NOT_CONNECTED. */
export function createContactService(deps: ContactServiceDeps) {
  const { devices, sockets, messages, checks, defaultCountry } = deps;

  async function socketOf(deviceId: DeviceId): Promise<Socket> {
    if (!(await devices.find(deviceId))) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    return sockets.socketOf(deviceId);
  }

  /** Asks about the numbers nobody asked about lately. Throws RATE_LIMITED when they are too many. */
  async function look(deviceId: DeviceId, numbers: readonly string[]): Promise<Map<string, NumberCheck>> {
    const found = new Map<string, NumberCheck>();
    const unknown: string[] = [];
    for (const number of new Set(numbers)) {
      const known = checks.known(number);
      if (known) found.set(number, known);
      else unknown.push(number);
    }
    if (unknown.length === 0) return found;
    const socket = await socketOf(deviceId);
    const waitMs = checks.take(deviceId, unknown.length);
    if (waitMs > 0) throw new AppError('RATE_LIMITED', { retryAfter: Math.ceil(waitMs / 1000) });
    for (const [number, jid] of await socket.checkNumbers(unknown))
      found.set(number, checks.keep(number, jid));
    return found;
  }

  function read(input: string): { input: string; number: string | null } {
    try {
      return { input, number: phoneNumberOf(parseRecipient(input, defaultCountry)) };
    } catch (error) {
      if (error instanceof AppError) return { input, number: null };
      throw error;
    }
  }

  return {
    /** Whether numbers are on WhatsApp, in the order asked; what is no number has an error of its own. */
    async checkNumbers(deviceId: DeviceId, inputs: readonly string[]): Promise<CheckedNumber[]> {
      if (!(await devices.find(deviceId))) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
      const asked = inputs.map(read);
      const found = await look(
        deviceId,
        asked.flatMap(({ number }) => number ?? []),
      );
      return asked.map(({ input, number }) => toChecked(input, number, found.get(number ?? '') ?? null));
    },

    /** Throws RECIPIENT_INVALID and WHATSAPP_UNAVAILABLE. */
    async profile(deviceId: DeviceId, contact: string) {
      const jid = parseRecipient(contact, defaultCountry);
      const { pictureUrl, about, aboutSetAt } = await (await socketOf(deviceId)).contactProfile(jid);
      return { jid, pictureUrl, about, aboutSetAt: aboutSetAt?.toISOString() ?? null };
    },

    /** Throws RECIPIENT_INVALID. */
    async showChatState(deviceId: DeviceId, { to, state }: { to: string; state: ChatState }): Promise<void> {
      const jid = parseRecipient(to, defaultCountry);
      await (await socketOf(deviceId)).showChatState(jid, state);
    },

    /** Marks messages as read, or the newest of a chat; resolves with how many. Throws MESSAGE_NOT_FOUND, RECIPIENT_INVALID. */
    async markRead(
      deviceId: DeviceId,
      which: { messageIds: readonly WaMessageId[] } | { chat: string },
    ): Promise<number> {
      const socket = await socketOf(deviceId);
      const marks =
        'chat' in which ? await inChat(deviceId, which.chat) : await named(deviceId, which.messageIds);
      if (marks.length > 0) await socket.markRead(marks);
      return marks.length;
    },
  };

  async function inChat(deviceId: DeviceId, text: string): Promise<ReadMark[]> {
    const chat: Jid = (text.includes('@') ? parseJid(text) : null) ?? parseRecipient(text, defaultCountry);
    const newest = await messages.page({ deviceId, chat, limit: MARKED_AT_ONCE });
    return newest.filter(({ fromMe }) => !fromMe);
  }

  async function named(deviceId: DeviceId, ids: readonly WaMessageId[]): Promise<ReadMark[]> {
    const found = await Promise.all(ids.map((id) => messages.find(deviceId, id)));
    const unknown = ids.filter((_, index) => !found[index]);
    if (unknown.length > 0) throw new AppError('MESSAGE_NOT_FOUND', { messageIds: unknown });
    return found.flatMap((message) => (message && !message.fromMe ? [message] : []));
  }
}

function toChecked(input: string, number: string | null, check: NumberCheck | null): CheckedNumber {
  const isNumber = number !== null;
  const problem = new AppError('PHONE_NUMBER_INVALID');
  return {
    input,
    number,
    registered: check?.jid != null,
    jid: check?.jid ?? null,
    checkedAt: check?.at.toISOString() ?? null,
    error: isNumber ? null : { code: problem.code, message: problem.message },
  };
}
