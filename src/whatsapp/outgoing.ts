import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from './jid.ts';

/** Names a message of a chat. */
export interface MessageName {
  readonly waMessageId: WaMessageId;
  readonly fromMe: boolean;
  /** Who wrote it, in groups. */
  readonly participant: Jid | null;
}

/** What a reply shows above itself. */
export interface QuotedMessage extends MessageName {
  /** Whose message it is, in a chat of two as well. */
  readonly author: Jid;
  readonly text: string | null;
}

/** What every kind of its own content may carry. */
interface Context {
  readonly quoted?: QuotedMessage | undefined;
  readonly mentions?: readonly Jid[] | undefined;
  readonly isForwarded?: boolean | undefined;
  /** How often it was passed on, as far as we know; 1 when left out. Apps say so from 5 on. */
  readonly forwardingScore?: number | undefined;
}

/** How a file is shown to its recipient; a `gif` is a video that plays by itself. */
export type OutgoingMediaKind = 'image' | 'video' | 'gif' | 'audio' | 'voice' | 'document' | 'sticker';

/** A file that is sent, and what its recipient is told of it before it is there. */
export interface OutgoingMedia {
  /** The SHA-256 of the file in hex: its name in the store of files. */
  readonly blob: string;
  readonly mimetype: string;
  readonly sizeBytes: number;
  readonly fileName: string | null;
  readonly seconds: number | null;
  /** Pixels. */
  readonly width: number | null;
  readonly height: number | null;
  /** 64 bytes in base64. */
  readonly waveform: string | null;
  /** A small JPEG in base64. */
  readonly thumbnail: string | null;
  /** Of stickers: apps play only what says so. */
  readonly isAnimated?: boolean | undefined;
}

/** What a message of ours says, by kind. Everything in it goes through JSON, so that an attempt after a crash says the same. */
export type OutgoingContent =
  | ({ readonly kind: 'text'; readonly text: string } & Context)
  | ({
      readonly kind: 'location';
      /** Degrees. */
      readonly latitude: number;
      readonly longitude: number;
      readonly name: string | null;
      readonly address: string | null;
    } & Context)
  | ({ readonly kind: 'contact'; readonly contacts: readonly ContactCard[] } & Context)
  | ({
      readonly kind: 'poll';
      readonly question: string;
      readonly options: readonly string[];
      /** How many options one may choose; 0: any number. */
      readonly selectable: number;
      /** 32 bytes in base64; whoever has it can read the votes. */
      readonly secret: string;
    } & Context)
  | ({
      readonly kind: OutgoingMediaKind;
      readonly media: OutgoingMedia;
      readonly caption: string | null;
      readonly viewOnce?: boolean | undefined;
    } & Context)
  /** An empty emoji takes the reaction back. */
  | { readonly kind: 'reaction'; readonly emoji: string; readonly target: MessageName }
  | ({ readonly kind: 'edit'; readonly text: string; readonly target: MessageName } & Context)
  | { readonly kind: 'revoke'; readonly target: MessageName };

export type OutgoingKind = OutgoingContent['kind'];

/** A message that brings a file. */
export type MediaContent = Extract<OutgoingContent, { readonly media: OutgoingMedia }>;

export interface ContactCard {
  readonly name: string;
  /** Digits, international. */
  readonly number: string;
  readonly organization: string | null;
}

/** We choose the WhatsApp message id, so that sending again after a crash is the same message. */
export interface OutgoingMessage {
  readonly waMessageId: WaMessageId;
  readonly to: Jid;
  readonly content: OutgoingContent;
}

/** What a message of ours said, to say it again to a device that could not read it. */
export interface SentContent {
  readonly to: Jid;
  readonly content: OutgoingContent;
  readonly at: Date;
}

/** Names a message this server sends. */
export interface SentMessageName {
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
}
