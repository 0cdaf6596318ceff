import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../shared/clock.ts';

/** The sending side of a WebSocket that carries JSON. */
export interface FrameSocket {
  /**
   * Resolves when the frame is on its way, or the socket is closed. A client that takes nothing for half a minute is told
   * `too_slow` and cut off.
   */
  send(frame: object): Promise<void>;
}

/** How long a client may take for a frame, and then for our goodbye. In ms. */
const SLOW_MS = 30_000;
const GOODBYE_MS = 5_000;
/** RFC 6455: try again later. */
const TRY_AGAIN_LATER = 1013;

export function createFrameSocket(socket: WebSocket, clock: Clock): FrameSocket {
  const cutOff = () => {
    socket.send(JSON.stringify({ type: 'too_slow' }));
    socket.close(TRY_AGAIN_LATER, 'too slow');
    clock.after(GOODBYE_MS, () => socket.terminate());
  };
  return {
    async send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      const patience = clock.after(SLOW_MS, cutOff);
      await new Promise<void>((resolve) => socket.send(JSON.stringify(frame), () => resolve()));
      patience.cancel();
    },
  };
}
