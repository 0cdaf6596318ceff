import type { BinaryNode } from '@whiskeysockets/baileys';
import type { WaMessageId } from '../shared/ids.ts';
import { type Jid, jidParts, parseJid, withoutDevice } from './jid.ts';
import type { ReceiptKind } from './socket.ts';

export interface Receipt {
  readonly waMessageIds: readonly WaMessageId[];
  readonly kind: ReceiptKind;
  readonly from: Jid;
  readonly at: Date;
}

/**
 * What a receipt stanza says about our messages; null when it says nothing a sender wants to know (retry requests,
 * copies among our own devices). Read from the stanza because Baileys merges and drops some of them on the way.
 */
export function readReceipt(
  stanza: BinaryNode,
  { own, now }: { own: readonly (Jid | null)[]; now: Date },
): Receipt | null {
  const { id, type, from, participant, t } = stanza.attrs;
  const kind = kindOf(type);
  const reader = parseJid(participant ?? from ?? '');
  if (!kind || !id || !reader || own.some((jid) => jid && isSameUser(jid, reader))) return null;
  const seconds = Number(t);
  return {
    waMessageIds: [id, ...listedIds(stanza)].map((text) => text as WaMessageId),
    kind,
    from: withoutDevice(reader),
    at: seconds > 0 ? new Date(seconds * 1000) : now,
  };
}

/** No type is "delivered"; `inactive` is delivered to a device whose owner is away. */
function kindOf(type: string | undefined): ReceiptKind | null {
  switch (type) {
    case undefined:
    case '':
    case 'inactive':
      return 'delivered';
    case 'read':
    case 'played':
      return type;
    default:
      return null;
  }
}

/** One receipt can stand for many messages: the others are in `list`. */
function listedIds(stanza: BinaryNode): string[] {
  const children = Array.isArray(stanza.content) ? stanza.content : [];
  const list = children.find((child) => child.tag === 'list')?.content;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => (item.attrs.id ? [item.attrs.id] : []));
}

function isSameUser(a: Jid, b: Jid): boolean {
  return jidParts(a).user === jidParts(b).user && jidParts(a).server === jidParts(b).server;
}
