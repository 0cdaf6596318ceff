import { Agent, request } from 'node:http';
import { ADMIN_KEY } from './server.ts';

/** What a caller got. */
export interface FloodAnswer {
  /** 0 when the connection broke. */
  readonly status: number;
  readonly retryAfter: number | null;
  readonly ms: number;
}

interface Flood {
  readonly path: string;
  readonly body: object;
  readonly callers: number;
  readonly forMs: number;
  /** Ends it before its time. */
  readonly isEnough?: (answer: FloodAnswer) => boolean;
  /** The administrator's by default. */
  readonly key?: string;
}

/** So many callers post the same body as fast as they are answered, for at most `forMs`; resolves with all answers. */
export async function flood(
  url: string,
  { path, body, callers, forMs, isEnough = () => false, key = ADMIN_KEY }: Flood,
): Promise<FloodAnswer[]> {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const text = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  };
  const post = (): Promise<FloodAnswer> =>
    new Promise((resolve) => {
      const began = performance.now();
      const tell = (status: number, retryAfter?: string) =>
        resolve({
          status,
          retryAfter: retryAfter ? Number(retryAfter) : null,
          ms: performance.now() - began,
        });
      const call = request({ agent, hostname, port, path, method: 'POST', headers }, (response) => {
        response.resume();
        response.once('end', () => tell(response.statusCode ?? 0, response.headers['retry-after']));
      });
      call.once('error', () => tell(0));
      call.end(text);
    });
  const answers: FloodAnswer[] = [];
  let until = performance.now() + forMs;
  const caller = async () => {
    while (performance.now() < until) {
      const answer = await post();
      answers.push(answer);
      if (isEnough(answer)) until = 0;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  agent.destroy();
  return answers;
}

/** The time in which the given share (0 to 1) of the answers came, in ms. */
export function percentile(answers: readonly FloodAnswer[], share: number): number {
  const sorted = answers.map(({ ms }) => ms).toSorted((one, other) => one - other);
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
}
