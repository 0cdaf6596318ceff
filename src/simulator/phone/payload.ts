import type { Random } from '../../shared/random.ts';
import { decodeProto, encodeProto, type Proto } from '../wire/proto.ts';
import { PROTOCOL_MESSAGE_TYPE } from '../wire/proto-message.ts';

export type Message = Proto<'Message'>;

/** What a phone makes of a decrypted message. */
export interface ReadPayload {
  /**
   * `text`, `edit`, `revoke`, or the protobuf name of the content, e.g. `imageMessage`; `unknown` for what the
   * simulator does not know; `none` when it carries a sender key and nothing else.
   */
  readonly kind: string;
  /** The text, caption, emoji, question or name; null where there is none. */
  readonly text: string | null;
  /** The id of the message it changes, reacts to or votes on. */
  readonly target: string | null;
  /** The id of the message it answers. */
  readonly quoted: string | null;
  /** Set on a copy of what another device of the same person sent: the chat it went to. */
  readonly sentTo: string | null;
  /** A key for a group that came along. */
  readonly senderKey: { readonly group: string; readonly distribution: Uint8Array } | null;
  /** The content itself, without what it was wrapped in. */
  readonly message: Message;
}

/** A `Message` with one to sixteen bytes of padding, each telling their number, so that size tells less. */
export function encodeMessage(message: Message, random: Random): Uint8Array {
  const count = 1 + Math.floor(random.next() * 16);
  return Buffer.concat([encodeProto('Message', message), Buffer.alloc(count, count)]);
}

/** Unpads and reads a decrypted message. Throws when it is none. */
export function readMessage(padded: Uint8Array): ReadPayload {
  const count = padded.at(-1) ?? 0;
  if (count === 0 || count > padded.byteLength) throw new Error('the padding of the message is wrong');
  const message = decodeProto('Message', padded.subarray(0, padded.byteLength - count));
  const { deviceSentMessage: copy } = message;
  const inner = copy?.message ?? message;
  return { ...describeMessage(inner), sentTo: copy?.destinationJid ?? null, senderKey: senderKeyIn(inner) };
}

/** What a message says, whatever it is wrapped in. */
export function describeMessage(message: Message): Omit<ReadPayload, 'sentTo' | 'senderKey'> {
  const inner = unwrap(message);
  if (inner) return describeMessage(inner);
  const { protocolMessage, reactionMessage, pollUpdateMessage } = message;
  if (protocolMessage) return describeChange(message, protocolMessage);
  const about = reactionMessage?.key ?? pollUpdateMessage?.pollCreationMessageKey;
  const plain = message.conversation ?? message.extendedTextMessage?.text;
  const quoted = contextOf(message)?.stanzaId ?? null;
  const common = { target: about?.id ?? null, quoted, message };
  if (plain !== undefined) return { ...common, kind: 'text', text: plain };
  return { ...common, kind: kindOf(message), text: captionOf(message) };
}

/** What may come along with any content. */
const COMPANY = new Set(['senderKeyDistributionMessage', 'messageContextInfo']);

function kindOf(message: Message): string {
  const content = Object.keys(message).find((name) => !COMPANY.has(name));
  return content ?? (message.senderKeyDistributionMessage ? 'none' : 'unknown');
}

function describeChange(
  message: Message,
  { type = PROTOCOL_MESSAGE_TYPE.REVOKE, key, editedMessage }: Proto<'ProtocolMessage'>,
): Omit<ReadPayload, 'sentTo' | 'senderKey'> {
  const common = { target: key?.id ?? null, quoted: null, message };
  if (type === PROTOCOL_MESSAGE_TYPE.REVOKE && key) return { ...common, kind: 'revoke', text: null };
  if (type === PROTOCOL_MESSAGE_TYPE.MESSAGE_EDIT && editedMessage) {
    return { ...common, kind: 'edit', text: describeMessage(editedMessage).text };
  }
  return { ...common, kind: 'protocolMessage', text: null };
}

function senderKeyIn({ senderKeyDistributionMessage: key }: Message): ReadPayload['senderKey'] {
  const distribution = key?.axolotlSenderKeyDistributionMessage;
  return key?.groupId && distribution ? { group: key.groupId, distribution } : null;
}

/** Some kinds only carry another message. */
function unwrap(message: Message): Message | undefined {
  const wrapper =
    message.ephemeralMessage ??
    message.viewOnceMessage ??
    message.viewOnceMessageV2 ??
    message.viewOnceMessageV2Extension ??
    message.documentWithCaptionMessage ??
    message.editedMessage;
  return wrapper?.message;
}

function captionOf(message: Message): string | null {
  const { imageMessage, videoMessage, documentMessage, reactionMessage } = message;
  const { pollCreationMessage, pollCreationMessageV2, pollCreationMessageV3 } = message;
  const { locationMessage, contactMessage } = message;
  return (
    imageMessage?.caption ??
    videoMessage?.caption ??
    documentMessage?.caption ??
    reactionMessage?.text ??
    (pollCreationMessage ?? pollCreationMessageV2 ?? pollCreationMessageV3)?.name ??
    locationMessage?.name ??
    contactMessage?.displayName ??
    null
  );
}

function contextOf(message: Message): Proto<'ContextInfo'> | undefined {
  for (const content of Object.values(message)) {
    if (typeof content === 'object' && 'contextInfo' in content) return content.contextInfo;
  }
  return undefined;
}
