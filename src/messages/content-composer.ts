import type { MediaIntake } from '../media/media-intake.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { assertNever } from '../shared/exhaustive.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import { isGroup, type Jid, phoneNumberOf, withoutDevice } from '../whatsapp/jid.ts';
import type { ContactCard, MessageName, OutgoingContent, QuotedMessage } from '../whatsapp/outgoing.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import type { AskedContact, AskedContent, Quoting } from './asked-content.ts';
import { fileContent } from './file-content.ts';
import { type ForwardingDeps, type FoundMessage, forwarded } from './forwarding.ts';
import { fillMentions } from './mention-text.ts';
import type { MessageRepository } from './message-repository.ts';

interface ComposerDeps extends Pick<ForwardingDeps, 'receivedMedia'> {
  readonly devices: { find(deviceId: DeviceId): Promise<{ readonly jid: Jid | null } | null> };
  readonly outbox: Pick<Outbox, 'find'>;
  readonly messages: Pick<MessageRepository, 'find'>;
  readonly mediaIntake: MediaIntake;
  readonly random: Random;
  readonly clock: Clock;
  readonly defaultCountry: DefaultCountry;
}

/** How long WhatsApp's own apps let one edit a message, and revoke it for everyone, in ms. */
const EDIT_WINDOW_MS = 15 * 60_000;
const REVOKE_WINDOW_MS = 60 * 60 * 60_000;

export type ContentComposer = ReturnType<typeof createContentComposer>;

/** Turns what callers ask for into what is said; messages they name must be messages of the device, else MESSAGE_NOT_FOUND, or DEVICE_NOT_FOUND. */
export function createContentComposer(deps: ComposerDeps) {
  const { devices, outbox, messages, mediaIntake: media, random, clock, defaultCountry } = deps;

  async function find(deviceId: DeviceId, waMessageId: WaMessageId): Promise<FoundMessage> {
    const sent = await outbox.find(deviceId, waMessageId);
    if (sent) return { kind: 'sent', message: sent };
    const received = await messages.find(deviceId, waMessageId);
    if (received) return { kind: 'received', message: received };
    if (!(await devices.find(deviceId))) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    throw new AppError('MESSAGE_NOT_FOUND', { deviceId, messageId: waMessageId });
  }

  async function quote(deviceId: DeviceId, waMessageId: WaMessageId | undefined) {
    if (waMessageId === undefined) return undefined;
    const found = await find(deviceId, waMessageId);
    const own = (await devices.find(deviceId))?.jid ?? null;
    return toQuoted(found, own);
  }

  async function context(deviceId: DeviceId, { quotedMessageId, mentions }: Quoting) {
    const quoted = await quote(deviceId, quotedMessageId);
    const people = jidsOf(mentions);
    return { ...(quoted && { quoted }), ...(people && { mentions: people }) };
  }

  const jidsOf = (mentions: readonly string[] | undefined) =>
    mentions?.map((each) => parseRecipient(each, defaultCountry));

  return {
    /**
     * Throws also RECIPIENT_INVALID for a mention or a contact that is no number, what `forwarded` throws, and for a file what
     * MediaIntake.take throws.
     */
    async compose(deviceId: DeviceId, asked: AskedContent): Promise<OutgoingContent> {
      switch (asked.type) {
        case 'reaction': {
          const found = await find(deviceId, asked.messageId);
          return { kind: 'reaction', emoji: asked.emoji, target: nameOf(found) };
        }
        case 'forward':
          return forwarded(await find(deviceId, asked.messageId), deps);
        case 'text':
        case 'location':
        case 'contact':
        case 'poll':
          return { ...plainContent(asked), ...(await context(deviceId, asked)) };
        default: {
          const beside = await context(deviceId, asked);
          return { ...(await fileContent(asked, media)), ...beside };
        }
      }
    },

    /** A text that names people where its placeholders are. Throws VALIDATION_FAILED for one nobody stands behind. */
    mention(message: string, mentions: readonly string[]): OutgoingContent {
      const people = mentions.map((each) => parseRecipient(each, defaultCountry));
      const { text, unknown } = fillMentions(message, people);
      if (unknown.length > 0) throw new AppError('VALIDATION_FAILED', { field: 'message', unknown });
      return { kind: 'text', text, mentions: people };
    },

    /** An edit of a text of ours, and its chat. Throws MESSAGE_NOT_EDITABLE with the reason. */
    async edit(deviceId: DeviceId, waMessageId: WaMessageId, text: string) {
      const found = await find(deviceId, waMessageId);
      const refuse = (reason: string) =>
        new AppError('MESSAGE_NOT_EDITABLE', { messageId: waMessageId, reason });
      if (found.kind === 'received') throw refuse('not_ours');
      const { message } = found;
      if (message.kind !== 'text') throw refuse('not_a_text');
      if (message.ackedAt === null) throw refuse('not_sent');
      if (isOlder(message.ackedAt, EDIT_WINDOW_MS)) throw refuse('too_old');
      const content: OutgoingContent = { kind: 'edit', text, target: nameOf(found) };
      return { to: message.to, content };
    },

    /** A revocation for everyone, and its chat: of a message of ours, or of anybody's in a group. Throws MESSAGE_NOT_REVOCABLE. */
    async revoke(deviceId: DeviceId, waMessageId: WaMessageId) {
      const found = await find(deviceId, waMessageId);
      const refuse = (reason: string) =>
        new AppError('MESSAGE_NOT_REVOCABLE', { messageId: waMessageId, reason });
      const { to, at } = whereAndWhen(found);
      if (at === null) throw refuse('not_sent');
      if (isOlder(at, REVOKE_WINDOW_MS)) throw refuse('too_old');
      const target = nameOf(found);
      if (!target.fromMe && !isGroup(to)) throw refuse('not_ours');
      const content: OutgoingContent = { kind: 'revoke', target };
      return { to, content };
    },
  };

  function isOlder(at: Date, windowMs: number): boolean {
    return clock.now().getTime() - at.getTime() > windowMs;
  }

  function plainContent(asked: Extract<AskedContent, { type: 'text' | 'location' | 'contact' | 'poll' }>) {
    switch (asked.type) {
      case 'text':
        return { kind: 'text', text: asked.text } as const;
      case 'location': {
        const { latitude, longitude, name = null, address = null } = asked;
        return { kind: 'location', latitude, longitude, name, address } as const;
      }
      case 'contact':
        return { kind: 'contact', contacts: asked.contacts.map(toCard) } as const;
      case 'poll': {
        const { question, options, selectable } = asked;
        const secret = random.bytes(32).toString('base64');
        return { kind: 'poll', question, options, selectable, secret } as const;
      }
      default:
        return assertNever(asked);
    }
  }

  function toCard({ name, number, organization }: AskedContact): ContactCard {
    const digits = phoneNumberOf(parseRecipient(number, defaultCountry));
    if (digits === null) throw new AppError('RECIPIENT_INVALID');
    return { name, number: digits, organization: organization ?? null };
  }
}

function nameOf(found: FoundMessage): MessageName {
  if (found.kind === 'sent')
    return { waMessageId: found.message.waMessageId, fromMe: true, participant: null };
  const { waMessageId, fromMe, participant } = found.message;
  return { waMessageId, fromMe, participant };
}

function whereAndWhen(found: FoundMessage): { to: Jid; at: Date | null } {
  if (found.kind === 'sent') return { to: found.message.to, at: found.message.ackedAt };
  return { to: found.message.chat, at: found.message.timestamp };
}

function toQuoted(found: FoundMessage, own: Jid | null): QuotedMessage {
  const name = nameOf(found);
  const { to } = whereAndWhen(found);
  const author = name.fromMe ? own : (name.participant ?? to);
  if (author === null) throw new AppError('DEVICE_NOT_CONNECTED');
  return { ...name, author: withoutDevice(author), text: found.message.text };
}
