import type { Chat, HistoryMessage } from '../../api/history-types.ts';
import { formatPhone } from '../send/format-phone.ts';
import { t } from './texts.ts';

/** The subject of each group, by address. */
export type Subjects = ReadonlyMap<string, string>;

/** What a chat is called: its name, else its number. */
export function chatName({ chat, name }: Pick<Chat, 'chat' | 'name'>, subjects: Subjects): string {
  return subjects.get(chat) ?? name ?? addressText(chat);
}

/** Who wrote a message. */
export function authorName(message: HistoryMessage): string {
  if (message.fromMe) return t('you');
  return message.pushName ?? addressText(message.from);
}

export function addressText(jid: string): string {
  if (jid.endsWith('@g.us')) return t('group');
  if (jid.endsWith('@lid')) return t('hidden');
  return formatPhone(jid);
}

/** A message in a line. */
export function summaryOf(message: HistoryMessage): string {
  if (message.revokedAt !== null) return t('revoked');
  const kind = t.maybe(`type.${message.type}`, message.type);
  if (message.type === 'text') return message.text ?? t('erased');
  const about = message.text ?? message.media?.fileName ?? '';
  return about === '' ? kind : `${kind} · ${about}`;
}
