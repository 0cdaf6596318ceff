/** A unit of WhatsApp's protocol: an XML-like node, sent in a binary encoding. All attribute values are strings. */
export interface WireNode {
  readonly tag: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly content?: readonly WireNode[] | Uint8Array | string | undefined;
}
