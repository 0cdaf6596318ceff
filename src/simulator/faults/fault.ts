/** Whom a fault meets. An empty target meets everybody; refused upgrades, handshakes, pairings and media know no device and ignore it. */
export interface FaultTarget {
  /** Digits; the account. */
  readonly phoneNumber?: string;
  /** The device number; without it, every device of the account but the phone. */
  readonly device?: number;
  /** Only when a message with this id comes. */
  readonly messageId?: string;
}

/** The moment a fault strikes. */
export type FaultMoment = 'login' | 'message' | 'upload' | 'download';

/** A moment in the life of a device's connection. */
export type SessionMoment = 'login' | 'message';

/** A transfer of the media host, which does not know whose it is. */
export type TransferMoment = 'upload' | 'download';

/** How far an account is from the end of its new chats, in WhatsApp's words. */
export type MessageCapLevel = 'FIRST_WARNING' | 'SECOND_WARNING' | 'CAPPED';

/** A way to misbehave. */
export type FaultAction =
  /** The message is taken and delivered; the connection is cut instead of acknowledging it. */
  | { readonly kind: 'cut-before-ack' }
  /** The connection is cut right after the ack left. */
  | { readonly kind: 'cut-after-ack' }
  /** The ack leaves this many milliseconds late; later acks of the connection do not wait for it. */
  | { readonly kind: 'delay-ack'; readonly delayMs: number }
  /** The message is refused with this code and not delivered. */
  | { readonly kind: 'nack'; readonly code: string }
  /** Asked what it has against the account, the server names a reach-out time-lock of so many seconds. */
  | { readonly kind: 'reachout-lock'; readonly seconds: number }
  /** Asked about new chats, the server answers with this level of its cap. */
  | { readonly kind: 'message-cap'; readonly level: MessageCapLevel }
  /** The message is taken and delivered, and never acknowledged. */
  | { readonly kind: 'no-ack' }
  /** The message is dropped: neither delivered nor acknowledged. */
  | { readonly kind: 'swallow' }
  /** `stream:error` with this code, or without any, then the connection ends. */
  | { readonly kind: 'stream-error'; readonly at: SessionMoment; readonly code?: string }
  /** `stream:error` with conflict *replaced*, as if another client had logged in as this device. */
  | { readonly kind: 'conflict-replaced'; readonly at: SessionMoment }
  /** Login is refused; attributes such as `code`, `expire` or `location` go along. */
  | {
      readonly kind: 'login-failure';
      readonly reason: string;
      readonly attributes?: Readonly<Record<string, string>>;
    }
  /** The HTTP upgrade is answered with this status instead. */
  | { readonly kind: 'http-status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The handshake comes without a certificate chain, as from a server that cannot prove who it is. */
  | { readonly kind: 'no-certificate' }
  /** A companion that wants to pair gets this many QR references instead of six; with 0 pairing is over at once. */
  | { readonly kind: 'qr-references'; readonly count: number }
  /** From this moment the server neither reads nor writes; the socket stays open. */
  | { readonly kind: 'silence'; readonly at: SessionMoment }
  /** The TCP connection is destroyed without a closing handshake; a message that struck it is dropped. */
  | { readonly kind: 'drop-tcp'; readonly at: SessionMoment }
  /** What waited for the target comes this many milliseconds after its login, as over a slow line. */
  | { readonly kind: 'delay-offline'; readonly delayMs: number }
  /** A message to the target is sent twice. */
  | { readonly kind: 'duplicate-delivery' }
  /** A message to the target is held back until the next one has been sent. */
  | { readonly kind: 'reorder-delivery' }
  /** One bit of the ciphertext of a message to the target is wrong; a redelivery brings it right. */
  | { readonly kind: 'corrupt-ciphertext' }
  /** The media host answers a transfer with this status; 404 and 410 are what old files get. */
  | { readonly kind: 'media-refused'; readonly at: TransferMoment; readonly status: number }
  /** A transfer is slow. */
  | { readonly kind: 'media-slow'; readonly at: TransferMoment; readonly bytesPerSecond: number }
  /** A transfer dies after so many bytes; without them, at once. */
  | { readonly kind: 'media-cut'; readonly at: TransferMoment; readonly afterBytes?: number }
  /** One bit of a file is wrong: uploads no longer fit their hash, downloads their MAC. */
  | { readonly kind: 'media-corrupt'; readonly at: TransferMoment };

export type FaultKind = FaultAction['kind'];

export type Fault = FaultAction & {
  readonly target?: FaultTarget;
  /** How often it strikes, then it is gone; without it, until removed. */
  readonly times?: number;
  /** The chance of each strike, 0 to 1; without it, 1. */
  readonly probability?: number;
};
