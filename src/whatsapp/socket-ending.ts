import { AppError } from '../shared/errors.ts';
import type { Disconnect } from './disconnect.ts';

/** The end of one socket: known once, and waited for by everybody whose work dies with it. */
export interface SocketEnding {
  /** How it ended; null while it lives. */
  disconnect(): Disconnect | null;
  /** We are about to ask the server to unlink us: a 401 from now on is our own doing. */
  expectLogout(): void;
  /** What a disconnect means, given what we asked for before. */
  attribute(disconnect: Disconnect): Disconnect;
  /** To be called once. */
  settle(disconnect: Disconnect): void;
  /** Resolves with how the socket ended. */
  wait(): Promise<Disconnect>;
  /** The result of `work`; rejects with WHATSAPP_UNAVAILABLE when the socket ends first, or the library gives up. */
  race<T>(work: Promise<T>): Promise<T>;
}

/** Keeps its waiters in a set and not on one promise: a socket lives for weeks and races thousands of sends. */
export function createSocketEnding(): SocketEnding {
  let ended: Disconnect | null = null;
  let loggingOut = false;
  const waiters = new Set<(disconnect: Disconnect) => void>();

  const onEnd = (waiter: (disconnect: Disconnect) => void) => {
    if (ended) waiter(ended);
    else waiters.add(waiter);
  };
  return {
    disconnect: () => ended,
    expectLogout() {
      loggingOut = true;
    },
    attribute: (disconnect) =>
      loggingOut && disconnect.code === 401 ? { ...disconnect, source: 'local' } : disconnect,
    settle(disconnect) {
      ended = disconnect;
      for (const waiter of waiters) waiter(disconnect);
      waiters.clear();
    },
    wait: () => new Promise(onEnd),
    race: (work) =>
      new Promise((resolve, reject) => {
        const waiter = ({ text }: Disconnect) =>
          reject(new AppError('WHATSAPP_UNAVAILABLE', { disconnect: text }));
        onEnd(waiter);
        work
          .then(resolve, (cause) => reject(new AppError('WHATSAPP_UNAVAILABLE', {}, { cause })))
          .finally(() => waiters.delete(waiter));
      }),
  };
}
