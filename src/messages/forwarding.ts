import type { MediaIntake } from '../media/media-intake.ts';
import type { ReceivedMediaService } from '../media/received-media-service.ts';
import { contentOf } from '../outbox/outbox-content.ts';
import type { OutboundMessage } from '../outbox/outbox-message.ts';
import { AppError } from '../shared/errors.ts';
import type { OutgoingContent, OutgoingMediaKind } from '../whatsapp/outgoing.ts';
import type { StoredReceivedMessage } from './message.ts';

/** A message of a device, found by its WhatsApp id. */
export type FoundMessage =
  | { readonly kind: 'sent'; readonly message: OutboundMessage }
  | { readonly kind: 'received'; readonly message: StoredReceivedMessage };

export interface ForwardingDeps {
  readonly mediaIntake: Pick<MediaIntake, 'take' | 'receive' | 'reuse'>;
  readonly receivedMedia: Pick<ReceivedMediaService, 'find' | 'load'>;
}

/** What files can be received as. */
const RECEIVED_FILES: ReadonlyMap<string, OutgoingMediaKind> = new Map(
  (['image', 'video', 'audio', 'voice', 'document', 'sticker'] as const).map((kind) => [kind, kind]),
);

/**
 * Says again what is stored whole. A file we sent is taken from where it is kept, one we received is fetched and judged as any other.
 * Throws MESSAGE_KIND_UNSUPPORTED for what cannot be said again, MEDIA_EXPIRED, and what ReceivedMediaService and MediaIntake throw.
 */
export async function forwarded(found: FoundMessage, deps: ForwardingDeps): Promise<OutgoingContent> {
  const content = found.kind === 'sent' ? await sentAgain(found.message, deps) : null;
  const said = content ?? (found.kind === 'received' ? await receivedAgain(found.message, deps) : null);
  if (said === null) {
    throw new AppError('MESSAGE_KIND_UNSUPPORTED', { messageId: found.message.waMessageId });
  }
  return said;
}

async function sentAgain(message: OutboundMessage, { mediaIntake }: ForwardingDeps) {
  // What it says is for its recipient alone.
  if (message.source === 'otp') return null;
  const content = contentOf(message);
  switch (content.kind) {
    case 'reaction':
    case 'edit':
    case 'revoke':
    case 'poll':
      return null;
    default: {
      const { forwardingScore = content.isForwarded ? 1 : 0 } = content;
      const mark = { isForwarded: true, forwardingScore: forwardingScore + 1 };
      const { quoted: _, mentions: __, ...plain } = content;
      if (!('media' in plain)) return { ...plain, ...mark };
      // What is shown once is not shown again.
      if (plain.viewOnce) return null;
      return { ...plain, media: await mediaIntake.reuse(plain.media), ...mark };
    }
  }
}

async function receivedAgain(
  { deviceId, id, type, text, media }: StoredReceivedMessage,
  { mediaIntake, receivedMedia }: ForwardingDeps,
): Promise<OutgoingContent | null> {
  // How often it had been forwarded before is not kept.
  const mark = { isForwarded: true, forwardingScore: 1 };
  if (type === 'text' && text !== null) return { kind: 'text', text, ...mark };
  const kind = RECEIVED_FILES.get(type);
  if (kind === undefined || !media) return null;
  const found = await receivedMedia.find(deviceId, id);
  // It ends by itself: the download has its own limits.
  const file = await receivedMedia.load(found, new AbortController().signal);
  const source = await mediaIntake.receive(file.read(null));
  const taken = await mediaIntake.take({ kind, source, mimetype: null, fileName: media.fileName });
  const hasCaption = kind === 'image' || kind === 'video' || kind === 'document';
  return { kind, media: taken, caption: hasCaption ? text : null, ...mark };
}
