import type { Random } from '../../shared/random.ts';
import { decodeProto, encodeProto, type Proto } from '../wire/proto.ts';

export type Message = Proto<'Message'>;

/** What a phone makes of a decrypted message. */
export interface ReadPayload {
  /** `text`, or the protobuf name of the content, e.g. `imageMessage`; `unknown` for what the simulator does not know. */
  readonly kind: string;
  /** The text, caption or emoji; null where there is none. */
  readonly text: string | null;
  /** Set on a copy of what another device of the same person sent: the chat it went to. */
  readonly sentTo: string | null;
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
  if (!copy) return { ...readContent(message), sentTo: null };
  return { ...readContent(copy.message ?? {}), sentTo: copy.destinationJid ?? null };
}

/** What may come along with any content. */
const COMPANY = new Set(['senderKeyDistributionMessage', 'messageContextInfo']);

function readContent(message: Message): { kind: string; text: string | null } {
  const inner = unwrap(message);
  if (inner) return readContent(inner);
  const plain = message.conversation ?? message.extendedTextMessage?.text;
  if (plain !== undefined) return { kind: 'text', text: plain };
  const kind = Object.keys(message).find((name) => !COMPANY.has(name)) ?? 'unknown';
  return { kind, text: captionOf(message) };
}

/** Some kinds only carry another message. */
function unwrap(message: Message): Message | undefined {
  const wrapper =
    message.ephemeralMessage ??
    message.viewOnceMessage ??
    message.viewOnceMessageV2 ??
    message.documentWithCaptionMessage ??
    message.editedMessage;
  return wrapper?.message;
}

function captionOf({ imageMessage, videoMessage, documentMessage, reactionMessage }: Message): string | null {
  return (
    imageMessage?.caption ??
    videoMessage?.caption ??
    documentMessage?.caption ??
    reactionMessage?.text ??
    null
  );
}
