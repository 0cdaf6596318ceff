import type { WaMessageId } from '../shared/ids.ts';
import type { OutgoingMedia, OutgoingMediaKind } from '../whatsapp/outgoing.ts';

/** A message of the chat a caller names by its WhatsApp id. */
export interface Quoting {
  readonly quotedMessageId?: WaMessageId | undefined;
  /** Numbers or JIDs of whom the text names. */
  readonly mentions?: readonly string[] | undefined;
}

/** What a caller wants a message to say; names in it are looked up by the composer. */
export type AskedContent =
  | ({ readonly type: 'text'; readonly text: string } & Quoting)
  | ({
      readonly type: 'location';
      readonly latitude: number;
      readonly longitude: number;
      readonly name?: string | undefined;
      readonly address?: string | undefined;
    } & Quoting)
  | ({ readonly type: 'contact'; readonly contacts: readonly AskedContact[] } & Quoting)
  | ({
      readonly type: 'poll';
      readonly question: string;
      readonly options: readonly string[];
      readonly selectable: number;
    } & Quoting)
  | AskedFile
  | { readonly type: 'reaction'; readonly messageId: WaMessageId; readonly emoji: string }
  | { readonly type: 'forward'; readonly messageId: WaMessageId };

/** A file, as a caller describes it. */
export type AskedFile = {
  readonly type: OutgoingMediaKind;
  /** What was received of it; anything else is refused. */
  readonly file?: unknown;
  readonly url?: string | undefined;
  /** What was taken already, for another message. */
  readonly taken?: OutgoingMedia | undefined;
  readonly mimetype?: string | undefined;
  readonly fileName?: string | undefined;
  readonly caption?: string | undefined;
  readonly viewOnce?: boolean | undefined;
} & Quoting;

export interface AskedContact {
  readonly name: string;
  /** In any form a recipient may be written. */
  readonly number: string;
  readonly organization?: string | undefined;
}
