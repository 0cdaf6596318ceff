import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../shared/clock.ts';

/** A WebSocket that carries JSON. */
export interface FrameSocket {
  /**
   * Resolves when the frame is on its way, or the socket is closed. A client that takes nothing for half a minute is told
   * `too_slow` and cut off.
   */
  send(frame: object): Promise<void>;
  /** Hands over each frame of the client. One that sends more than 120 in a minute is cut off. */
  listen(take: (text: string) => void): void;
}

/** How long a client may take for a frame, and then for our goodbye. In ms. */
const SLOW_MS = 30_000;
const GOODBYE_MS = 5_000;
/** RFC 6455: try again later. */
const TRY_AGAIN_LATER = 1013;
/** And: it broke a rule. */
const POLICY_VIOLATION = 1008;

/** The limits of requests do not see frames, and each command is work and an entry in the audit log. */
const FRAMES_PER_MINUTE = 120;
const MINUTE_MS = 60_000;

export function createFrameSocket(socket: WebSocket, clock: Clock): FrameSocket {
  const end = (code: number, reason: string) => {
    socket.close(code, reason);
    clock.after(GOODBYE_MS, () => socket.terminate());
  };
  const cutOff = () => {
    socket.send(JSON.stringify({ type: 'too_slow' }));
    end(TRY_AGAIN_LATER, 'too slow');
  };
  return {
    async send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      const patience = clock.after(SLOW_MS, cutOff);
      await new Promise<void>((resolve) => socket.send(JSON.stringify(frame), () => resolve()));
      patience.cancel();
    },
    listen(take) {
      let since = clock.monotonic();
      let count = 0;
      socket.on('message', (raw) => {
        // Those that were on their way when it was cut off come all the same.
        if (count > FRAMES_PER_MINUTE) return;
        if (clock.monotonic() - since >= MINUTE_MS) [since, count] = [clock.monotonic(), 0];
        count += 1;
        if (count > FRAMES_PER_MINUTE) end(POLICY_VIOLATION, 'too many frames');
        else take(String(raw));
      });
    },
  };
}
