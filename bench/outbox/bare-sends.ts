import type { WASocket } from '@whiskeysockets/baileys';
import { type Load, type LoadResult, runLoad } from '../support/load.ts';

/** The loop's sockets send, each the next message when the ack stanza of the one before has come. */
export function sendBare(sockets: readonly WASocket[], load: Load): Promise<LoadResult> {
  const senders = sockets.map(createSender);
  return runLoad(load, async (index, to) => {
    const send = senders[index];
    if (!send) throw new Error(`the loop has no socket ${index}`);
    await send(to);
  });
}

function createSender(sock: WASocket): (to: string) => Promise<void> {
  const awaited = new Map<string, PromiseWithResolvers<void>>();
  sock.ws.on('CB:ack,class:message', ({ attrs }: { attrs: { id: string; error?: string } }) => {
    const ack = awaited.get(attrs.id);
    awaited.delete(attrs.id);
    if (attrs.error) ack?.reject(new Error(`refused with ${attrs.error}`));
    else ack?.resolve();
  });
  let count = 0;
  return async (to) => {
    count += 1;
    const messageId = `3EB0${String(count).padStart(18, '0')}`;
    const ack = Promise.withResolvers<void>();
    awaited.set(messageId, ack);
    await sock.sendMessage(`${to}@s.whatsapp.net`, { text: textOf(count) }, { messageId });
    await ack.promise;
  };
}

/** What both contenders send. */
export function textOf(count: number): string {
  return `Message ${count}: your order is on its way and will be there tomorrow.`;
}
