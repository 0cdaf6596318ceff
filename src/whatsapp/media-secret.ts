/** Under which name the keys of a file are derived (protocol fact). */
export type MediaKeyKind = 'image' | 'video' | 'audio' | 'document';

/** What finds and opens the file of a message. Whoever has it can read the file. */
export interface MediaSecret {
  readonly kind: MediaKeyKind;
  /** Where it is at WhatsApp's media host, as the sender says. */
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  /** Of the file as its sender has it. */
  readonly sha256: Uint8Array;
  /** Of what the media host has. */
  readonly encryptedSha256: Uint8Array;
  readonly sizeBytes: number | null;
}

/** What a message says about its file, in protobuf's words. */
export interface MediaSecretFields {
  readonly directPath?: string | null;
  readonly mediaKey?: Uint8Array | null;
  readonly fileSha256?: Uint8Array | null;
  readonly fileEncSha256?: Uint8Array | null;
  readonly fileLength?: { toString(): string } | null;
}

const KEY_BYTES = 32;
const HASH_BYTES = 32;
const MAX_PATH = 2048;

/** Null when something is missing or has another length: such a file could not be proven to be the one that was sent. */
export function readMediaSecret(kind: MediaKeyKind, fields: MediaSecretFields): MediaSecret | null {
  const { directPath, mediaKey, fileSha256: sha256, fileEncSha256: encryptedSha256 } = fields;
  if (!directPath || directPath.length > MAX_PATH) return null;
  if (mediaKey?.length !== KEY_BYTES || sha256?.length !== HASH_BYTES) return null;
  if (encryptedSha256?.length !== HASH_BYTES) return null;
  return { kind, directPath, mediaKey, sha256, encryptedSha256, sizeBytes: sizeOf(fields.fileLength) };
}

/** A number or protobuf's Long; null for none and for what is none. */
function sizeOf(value: { toString(): string } | null | undefined): number | null {
  const size = Number(value?.toString());
  return Number.isSafeInteger(size) && size > 0 ? size : null;
}
