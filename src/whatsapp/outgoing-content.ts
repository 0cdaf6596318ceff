import type { BinaryNode, proto } from '@whiskeysockets/baileys';
import { assertNever } from '../shared/exhaustive.ts';
import type { Jid } from './jid.ts';
import type { ContactCard, MediaContent, MessageName, OutgoingContent, QuotedMessage } from './outgoing.ts';

type Content<Kind extends OutgoingContent['kind']> = Extract<OutgoingContent, { kind: Kind }>;

/** REVOKE and MESSAGE_EDIT of WAProto's ProtocolMessage.Type. */
const REVOKE = 0;
const EDIT = 14;

/** What says all there is to say; a file has to be uploaded first (outgoing-media.ts). */
type PlainContent = Exclude<OutgoingContent, MediaContent>;

/** What we say in WhatsApp's words. `to` is the chat, `at` when it was first said. */
export function toWaContent(content: PlainContent, { to, at }: { to: Jid; at: Date }): proto.IMessage {
  const key = (target: MessageName): proto.IMessageKey => toKey(target, to);
  switch (content.kind) {
    case 'text':
      return { extendedTextMessage: { text: content.text, contextInfo: contextOf(content) } };
    case 'location':
      return { locationMessage: toLocation(content) };
    case 'contact':
      return toContacts(content);
    case 'poll':
      return toPoll(content);
    case 'reaction':
      return {
        reactionMessage: {
          key: key(content.target),
          text: content.emoji,
          senderTimestampMs: at.getTime(),
        },
      };
    case 'edit':
      return {
        protocolMessage: {
          key: key(content.target),
          type: EDIT,
          timestampMs: at.getTime(),
          editedMessage: { extendedTextMessage: { text: content.text, contextInfo: contextOf(content) } },
        },
      };
    case 'revoke':
      return { protocolMessage: { key: key(content.target), type: REVOKE } };
    default:
      return assertNever(content);
  }
}

/**
 * What the stanza says beside the content: whether it changes another message (1: edit, 7: revoke of our own, 8: by an
 * administrator), and that a poll begins. Baileys adds them in its own sendMessage only (Socket/messages-send.ts).
 */
export function stanzaExtras(content: OutgoingContent): {
  additionalAttributes: Record<string, string>;
  additionalNodes: BinaryNode[];
} {
  const attributes = (edit?: string) => (edit === undefined ? {} : { edit });
  const nodes = content.kind === 'poll' ? [{ tag: 'meta', attrs: { polltype: 'creation' } }] : [];
  const edit =
    content.kind === 'edit'
      ? '1'
      : content.kind === 'revoke'
        ? content.target.fromMe
          ? '7'
          : '8'
        : undefined;
  return { additionalAttributes: attributes(edit), additionalNodes: nodes };
}

function toKey({ waMessageId, fromMe, participant }: MessageName, to: Jid): proto.IMessageKey {
  return { remoteJid: to, id: waMessageId, fromMe, ...(participant !== null && { participant }) };
}

/** What a content of any kind says beside itself. */
export function contextOf({
  quoted,
  mentions = [],
  isForwarded = false,
  forwardingScore = 1,
}: {
  quoted?: QuotedMessage | undefined;
  mentions?: readonly Jid[] | undefined;
  isForwarded?: boolean | undefined;
  forwardingScore?: number | undefined;
}): proto.IContextInfo | null {
  if (!quoted && mentions.length === 0 && !isForwarded) return null;
  return {
    ...(quoted && {
      stanzaId: quoted.waMessageId,
      participant: quoted.author,
      quotedMessage: { conversation: quoted.text ?? '' },
    }),
    ...(mentions.length > 0 && { mentionedJid: [...mentions] }),
    ...(isForwarded && { isForwarded: true, forwardingScore }),
  };
}

function toLocation(content: Content<'location'>): proto.Message.ILocationMessage {
  const { latitude, longitude, name, address } = content;
  return {
    degreesLatitude: latitude,
    degreesLongitude: longitude,
    name,
    address,
    contextInfo: contextOf(content),
  };
}

function toContacts(content: Content<'contact'>): proto.IMessage {
  const contextInfo = contextOf(content);
  const cards = content.contacts.map((card) => ({ displayName: card.name, vcard: toVcard(card) }));
  const [only] = cards;
  if (cards.length === 1 && only) return { contactMessage: { ...only, contextInfo } };
  return {
    contactsArrayMessage: { displayName: `${cards.length} contacts`, contacts: cards, contextInfo },
  };
}

function toPoll(content: Content<'poll'>): proto.IMessage {
  const poll = {
    name: content.question,
    options: content.options.map((optionName) => ({ optionName })),
    selectableOptionsCount: content.selectable,
    contextInfo: contextOf(content),
  };
  const messageContextInfo = { messageSecret: Buffer.from(content.secret, 'base64') };
  // As Baileys does (Utils/messages.ts): a single choice is the third version of the message.
  return content.selectable === 1
    ? { messageContextInfo, pollCreationMessageV3: poll }
    : { messageContextInfo, pollCreationMessage: poll };
}

/** RFC 2426; `waid` is what makes WhatsApp show the button to write to them. */
function toVcard({ name, number, organization }: ContactCard): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:;${escaped(name)};;;`,
    `FN:${escaped(name)}`,
    ...(organization === null ? [] : [`ORG:${escaped(organization)};`]),
    `TEL;type=CELL;type=VOICE;waid=${number}:+${number}`,
    'END:VCARD',
  ];
  return lines.join('\n');
}

/** A name cannot end its line or its field. */
function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');
}
