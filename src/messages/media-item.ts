import type { MediaIntake } from '../media/media-intake.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import { createTurnstile } from '../shared/turnstile.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingContent, OutgoingMedia } from '../whatsapp/outgoing.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import type { AskedFile } from './asked-content.ts';
import type { ContentComposer } from './content-composer.ts';
import { takeFile } from './file-content.ts';
import { MediaItem } from './media-schemas.ts';
import { type ItemProblem, readRecipientField } from './text-item.ts';

/** One of many messages with files, ready to be sent. */
export interface ReadMedia {
  readonly to: Jid;
  readonly content: OutgoingContent;
}

export type MediaReading = ReadMedia | { readonly problems: readonly ItemProblem[] };

/** Where all items go; null: each says so itself. */
export interface MediaItems {
  readonly deviceId: DeviceId;
  readonly group: Jid | null;
}

export type MediaItemReader = ReturnType<typeof createMediaItemReader>;

/** Files fetched and prepared at a time. */
const AT_ONCE = 4;
/** Different URLs of one request: each may take half a minute, and somebody waits for the answer. */
const MOST_URLS = 200;

interface ReaderDeps {
  readonly composer: Pick<ContentComposer, 'compose'>;
  readonly mediaIntake: Pick<MediaIntake, 'take' | 'isReceived'>;
  readonly defaultCountry: DefaultCountry;
}

/** Reads many items that bring files, each judged by itself, the bytes as well. The same URL is fetched once for all of them. */
export function createMediaItemReader({ composer, mediaIntake, defaultCountry }: ReaderDeps) {
  const turn = createTurnstile(AT_ONCE);

  function taking(fetched: Map<string, Promise<OutgoingMedia>>, asked: AskedFile) {
    const { url, type, mimetype, fileName } = asked;
    if (url === undefined) return undefined;
    const same = JSON.stringify([url, type, mimetype, fileName]);
    const media = fetched.get(same) ?? takeFile(asked, mediaIntake);
    fetched.set(same, media);
    return media;
  }

  async function readOne(item: unknown, { deviceId, group, fetched }: Reading): Promise<MediaReading> {
    const given = new Map<string, unknown>(Object.entries(Object(item)));
    const to = group ?? readRecipientField('to', given.get('to'), defaultCountry);
    const file = given.get('file');
    const read = MediaItem.safeParse(item);
    const problems = [
      ...(typeof to === 'string' ? [] : [to]),
      ...(file instanceof AppError ? [problemOf(file)] : []),
      ...(read.success || file instanceof AppError ? [] : read.error.issues.map(toProblem)),
    ];
    if (typeof to !== 'string' || !read.success || problems.length > 0) return { problems };
    const { mediaType: type, base64: _, ...others } = read.data;
    const asked: AskedFile = { type, ...others };
    try {
      return {
        to,
        content: await composer.compose(deviceId, { ...asked, taken: await taking(fetched, asked) }),
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { problems: [problemOf(error)] };
    }
  }

  /** In the order of the items. Throws VALIDATION_FAILED for too many different URLs, before one is fetched; else only what is no item's fault. */
  return async (items: readonly unknown[], of: MediaItems): Promise<MediaReading[]> => {
    const urls = new Set(
      items.map((item) => new Map<string, unknown>(Object.entries(Object(item))).get('url')),
    );
    urls.delete(undefined);
    if (urls.size > MOST_URLS) {
      throw new AppError('VALIDATION_FAILED', { field: 'items', differentUrls: urls.size, most: MOST_URLS });
    }
    const reading: Reading = { ...of, fetched: new Map() };
    return Promise.all(items.map((item) => turn.pass(() => readOne(item, reading))));
  };
}

interface Reading extends MediaItems {
  readonly fetched: Map<string, Promise<OutgoingMedia>>;
}

function problemOf({ code, message, details }: AppError): ItemProblem {
  const found = typeof details.found === 'string' ? ` (${details.found})` : '';
  const reason = typeof details.reason === 'string' ? ` (${details.reason})` : '';
  return { field: 'file', code, message: `${message}${found}${reason}` };
}

function toProblem({ path, message }: { path: PropertyKey[]; message: string }): ItemProblem {
  return { field: path.map(String).join('.'), code: 'VALIDATION_FAILED', message };
}
