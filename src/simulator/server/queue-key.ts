import type { WireNode } from '../node.ts';
import type { Directory } from './directory.ts';

/**
 * What names a stanza to the device that got it, so that its ack finds it: class, id, peer, participant and type.
 * Receipts bear the ids of the messages they speak of, so an id alone names nothing. A message is named by its author;
 * its type is left out because receipts do not repeat it.
 */
export function queueKey(directory: Directory, stanza: WireNode): string {
  const { id = '', from = '', participant, type = '' } = stanza.attrs;
  if (stanza.tag === 'message') return messageKey(directory, id, participant ?? from);
  return [stanza.tag, id, person(directory, from), person(directory, participant ?? ''), type].join('|');
}

/** The key of a message by its author, whichever address of the author is used. */
export function messageKey(directory: Directory, id: string, author: string): string {
  return ['message', id, person(directory, author)].join('|');
}

/** The key a client's `ack` speaks of. */
export function ackedKey(directory: Directory, ack: WireNode): string {
  const { id = '', to = '', participant, type = '', class: tag = '' } = ack.attrs;
  if (tag === 'message') return messageKey(directory, id, participant ?? to);
  return [tag, id, person(directory, to), person(directory, participant ?? ''), type].join('|');
}

function person(directory: Directory, jid: string): string {
  return directory.resolve(jid)?.account.phoneNumber ?? jid;
}
