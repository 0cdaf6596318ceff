import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../shared/clock.ts';
import type { History } from '../server/history.ts';

/** Proxies and clients take a silent stream for a dead one. In ms. */
const HEARTBEAT_MS = 15_000;

interface StreamOptions {
  readonly history: History;
  readonly clock: Clock;
  readonly response: ServerResponse;
  /** Records up to this sequence are left out. */
  readonly after: number;
  readonly stop: AbortController;
}

/** Writes the history as server-sent events until the caller leaves or `stop` aborts; a slow caller is waited for. */
export async function streamHistory({ history, clock, response, after, stop }: StreamOptions): Promise<void> {
  const { signal } = stop;
  response.on('close', () => stop.abort());
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.write(': connected\n\n');
  const heartbeat = clock.every(HEARTBEAT_MS, () => response.write(': still here\n\n'));
  let position = after;
  try {
    while (!signal.aborted) {
      await history.waitFor(() => true, { after: position, signal });
      for (const record of history.records(({ sequence }) => sequence > position)) {
        position = record.sequence;
        const hasRoom = response.write(
          `id: ${record.sequence}\nevent: ${record.kind}\ndata: ${JSON.stringify(record)}\n\n`,
        );
        if (!hasRoom) await once(response, 'drain', { signal });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    heartbeat.cancel();
    response.end();
  }
}
