import { rm } from 'node:fs/promises';
import type { Egress } from '../egress/egress-client.ts';
import { AppError } from '../shared/errors.ts';
import { createTurnstile } from '../shared/turnstile.ts';
import type { OutgoingMedia, OutgoingMediaKind } from '../whatsapp/outgoing.ts';
import { type BlobStore, type PendingBlob, readFrom } from './blob-store.ts';
import type { Converter } from './ffmpeg.ts';
import { inspectFile, type MediaClaim } from './media-inspection.ts';
import { type Prepared, prepareFile } from './media-preparation.ts';
import { bytesOfBase64, bytesOfUrl } from './media-source.ts';

/** A file that is here; nothing of it but its hash and size says anything about the place it is at. */
export type ReceivedFile = PendingBlob;

/** A file somebody wants to send. */
export interface AskedMedia {
  readonly kind: OutgoingMediaKind;
  readonly source: ReceivedFile | { readonly url: string };
  readonly mimetype: string | null;
  readonly fileName: string | null;
}

/** Files on their way in: received whole, then judged by their bytes, prepared and kept. */
export interface MediaIntake {
  /** Throws MEDIA_EMPTY, BODY_TOO_LARGE and STORAGE_FULL. Must be taken or discarded. */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<ReceivedFile>;
  /** The same from a text. Throws MEDIA_BASE64_INVALID, too. */
  receiveBase64(text: string): Promise<ReceivedFile>;
  /** Whether this is a file that was received here, and not only looks like one. */
  isReceived(value: unknown): value is ReceivedFile;
  /** Harmless for one that was taken. */
  discard(file: ReceivedFile): Promise<void>;
  /**
   * Fetches what is somewhere else, judges, prepares and keeps a file; what was received for it is used up, also when it throws.
   * Throws as `receive` does, and URL_INVALID, URL_NOT_ALLOWED, MEDIA_URL_FAILED, MEDIA_TYPE_MISMATCH, MEDIA_FORMAT_UNSUPPORTED,
   * MEDIA_UNREADABLE and MEDIA_TOO_MANY_PIXELS.
   */
  take(asked: AskedMedia): Promise<OutgoingMedia>;
  /** A file that was sent before, for another message. Throws MEDIA_EXPIRED when it is kept no more. */
  reuse(media: OutgoingMedia): Promise<OutgoingMedia>;
  readonly maxBytes: number;
}

export interface MediaIntakeDeps {
  readonly store: BlobStore;
  readonly egress: Pick<Egress, 'streamOutside'>;
  readonly maxBytes: number;
  /** Null: nothing is converted that needs a program. */
  readonly converter: Converter | null;
}

/** Files of forms that are read at once; the others wait in their connections and not in memory. */
const AT_ONCE = 8;

export function createMediaIntake({ store, egress, maxBytes, converter }: MediaIntakeDeps): MediaIntake {
  const turn = createTurnstile(AT_ONCE);

  /** What a file is made into is a file of its own. */
  async function changed(change: (to: string) => Promise<void>): Promise<PendingBlob> {
    const path = await store.temporary();
    try {
      await change(path);
      return await store.receive(readFrom(path));
    } finally {
      await rm(path, { force: true });
    }
  }

  async function keep(file: PendingBlob, { mimetype, change, ...facts }: Prepared): Promise<OutgoingMedia> {
    const final = change ? await changed(change) : file;
    await store.keep(final, mimetype);
    return { blob: final.sha256, sizeBytes: final.sizeBytes, mimetype, ...facts };
  }

  return {
    maxBytes,
    receive: (bytes) => turn.pass(() => store.receive(bytes)),
    receiveBase64: (text) => store.receive(bytesOfBase64(text)),
    isReceived: store.isPending,
    async reuse(media) {
      if (!(await store.renew(media.blob))) throw new AppError('MEDIA_EXPIRED');
      return media;
    },
    discard: store.discard,
    async take({ source, ...claim }) {
      const file =
        'url' in source ? await store.receive(bytesOfUrl(source.url, { egress, maxBytes })) : source;
      try {
        const said: MediaClaim = { ...claim, fileName: claim.fileName ?? nameIn(source) };
        const path = store.placeOf(file);
        const mimetype = await inspectFile(path, said);
        return await keep(file, await prepareFile(path, { ...said, mimetype, converter }));
      } finally {
        await store.discard(file);
      }
    },
  };
}

/** What a file somewhere else is called there. */
function nameIn(source: AskedMedia['source']): string | null {
  if (!('url' in source) || !URL.canParse(source.url)) return null;
  const last = new URL(source.url).pathname.split('/').pop() ?? '';
  try {
    return decodeURIComponent(last) || null;
  } catch {
    return null;
  }
}
