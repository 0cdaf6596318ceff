import type { BinaryNode, SignalRepositoryWithLIDStore, WASocket } from '@whiskeysockets/baileys';

/** Keeps the library to the order in which messages came. */
export interface InboundOrder {
  /** Call it before anything can arrive. */
  watch(ws: WASocket['ws']): void;
  /** The repository, from which is seen what the library has read. */
  observing(repository: SignalRepositoryWithLIDStore): SignalRepositoryWithLIDStore;
}

const CIPHERTEXTS = ['pkmsg', 'msg', 'skmsg'];
/** The library does not try everything that it is sent, and a device stays connected for months. */
const MOST_WAITING = 5_000;

/**
 * The library works off what waited in a queue of its own, and reads what comes meanwhile at once. A live group message then
 * overtakes the one that brings its sender key; the sender answers with the key as it is by then, and nothing that waited before
 * that can be read: all of it has to be sent again. So as long as something waits, what comes joins the queue, by the mark that
 * WhatsApp gives what waited.
 */
export function createInboundOrder(): InboundOrder {
  /** Ciphertexts of the queue that nobody has tried. One that the library never tries keeps the queue in use, and that is all. */
  const waiting = new Set<unknown>();
  const tried = async <Result>(ciphertext: Uint8Array, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } finally {
      waiting.delete(ciphertext);
    }
  };
  return {
    watch(ws) {
      ws.prependListener('CB:message', ({ attrs, content }: BinaryNode) => {
        if (!attrs.offline && waiting.size === 0) return;
        attrs.offline ??= '1';
        for (const child of Array.isArray(content) ? content : [])
          if (child.tag === 'enc' && CIPHERTEXTS.includes(child.attrs.type ?? '')) waiting.add(child.content);
        const [oldest] = waiting;
        if (waiting.size > MOST_WAITING) waiting.delete(oldest);
      });
    },
    observing: (repository) => ({
      ...repository,
      decryptMessage: (request) => tried(request.ciphertext, () => repository.decryptMessage(request)),
      decryptGroupMessage: (request) => tried(request.msg, () => repository.decryptGroupMessage(request)),
    }),
  };
}
