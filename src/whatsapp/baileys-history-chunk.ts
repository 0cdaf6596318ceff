import type { BaileysEventMap, Chat } from '@whiskeysockets/baileys';
import { type MapperContext, toReceivedMessage } from './baileys-message-mapper.ts';
import { isLid, type Jid, parseJid, withoutDevice } from './jid.ts';
import type { HistoryChunk, IdentityPair } from './socket.ts';

/** What the library made of a history notice, in our words. It has dropped what did not come from our own account. */
export function toHistoryChunk(
  { chats, messages, lidPnMappings = [] }: BaileysEventMap['messaging-history.set'],
  context: MapperContext,
): HistoryChunk {
  const [jid = null, lid = null] = context.own;
  return {
    own: { jid: jid && withoutDevice(jid), lid: lid && withoutDevice(lid) },
    messages: () => messages.flatMap((message) => toReceivedMessage(message, context) ?? []),
    chats: chats.flatMap((chat) => toNamed(chat) ?? []),
    identities: lidPnMappings.flatMap((pair) => toPair(pair) ?? []),
  };
}

function toNamed({ id, name, displayName }: Chat): { jid: Jid; name: string } | null {
  const jid = parseJid(id ?? '');
  const word = name || displayName;
  return jid && word ? { jid: withoutDevice(jid), name: word } : null;
}

function toPair({ lid, pn }: { lid: string; pn: string }): IdentityPair | null {
  const [one, other] = [parseJid(lid), parseJid(pn)];
  return one && other && isLid(one) ? { lid: withoutDevice(one), pn: withoutDevice(other) } : null;
}
