import type { Clock } from '../../shared/clock.ts';
import type { WireNode } from '../node.ts';

/** The address of the server itself: a JID without a user. Clients compare it with the at-sign. */
export const SERVER_JID = '@s.whatsapp.net';

type Attrs = Record<string, string | undefined>;

/** A node; attributes that are undefined are left out. */
export function node(tag: string, attrs: Attrs = {}, content?: WireNode['content']): WireNode {
  const kept: Record<string, string> = {};
  for (const name in attrs) {
    const value = attrs[name];
    if (value !== undefined) kept[name] = value;
  }
  return content === undefined ? { tag, attrs: kept } : { tag, attrs: kept, content };
}

export function childrenOf({ content }: WireNode): readonly WireNode[] {
  return content === undefined || typeof content === 'string' || content instanceof Uint8Array ? [] : content;
}

export function childOf(parent: WireNode, tag: string): WireNode | null {
  return childrenOf(parent).find((child) => child.tag === tag) ?? null;
}

export function childrenNamed(parent: WireNode, tag: string): readonly WireNode[] {
  return childrenOf(parent).filter((child) => child.tag === tag);
}

/** The content as bytes; null when there is none, or when it is a list. */
export function bytesOf(parent: WireNode | null): Uint8Array | null {
  const content = parent?.content;
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof Uint8Array ? content : null;
}

/** The content as text; the empty text when there is none, or when it is a list. */
export function textOf(parent: WireNode | null): string {
  const bytes = bytesOf(parent);
  return bytes ? Buffer.from(bytes).toString('utf8') : '';
}

/** The content as an unsigned big-endian number of up to six bytes; null when there is none. */
export function uintOf(parent: WireNode | null): number | null {
  const bytes = bytesOf(parent);
  if (!bytes || bytes.length === 0 || bytes.length > 6) return null;
  return Buffer.from(bytes).readUIntBE(0, bytes.length);
}

export function uintBytes(value: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

/** Seconds since 1970 as an attribute, the `t` of most stanzas. */
export function seconds(clock: Clock): string {
  return String(Math.floor(clock.now().getTime() / 1000));
}

/** The answer to an iq: `type=result`, coming from where the request went. */
export function resultOf(request: WireNode, content?: WireNode['content']): WireNode {
  const { id, to } = request.attrs;
  return node('iq', { from: to ?? SERVER_JID, id, type: 'result' }, content);
}

/** The refusal of an iq. */
export function errorOf(request: WireNode, code: number, text: string): WireNode {
  const { id, to } = request.attrs;
  const error = node('error', { code: String(code), text });
  return node('iq', { from: to ?? SERVER_JID, id, type: 'error' }, [error]);
}
