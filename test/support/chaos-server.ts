import { onTestFinished } from 'vitest';
import { createSeededRandom } from '../fakes/seeded-random.ts';
import { type Client, connectClient, type DeviceAnswer, expectOk } from './client.ts';
import { ADMIN_KEY, type ServerOptions } from './server.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** A server in a process of its own, and an administrator that calls it. Killed after the test at the latest. */
export interface Running extends Client {
  readonly process: ServerProcess;
  /** When its first line came, ms since 1970. */
  readonly firstLineAt: number;
  /** SIGKILL by default; resolves with the exit code when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the server on a data folder that outlives it; resolves when it serves. */
export async function runServer(
  options: ServerOptions & { readonly dataDir: string; readonly entry?: string },
): Promise<Running> {
  const environment = { RATE_LIMIT_PER_MINUTE: '0', ...options.environment };
  const server = startServerProcess({ ...options, environment });
  onTestFinished(async () => {
    await server.kill('SIGKILL');
  });
  const firstLine = server.lines.waitFor(() => true).then(() => Date.now());
  const url = await server.waitReady();
  const client = await connectClient({ url, key: ADMIN_KEY });
  return {
    ...client,
    process: server,
    firstLineAt: await firstLine,
    async kill(signal = 'SIGKILL') {
      const code = await server.kill(signal);
      client.close();
      return code;
    },
  };
}

/** Devices and states as a list, for one look at all of them. */
export async function statusOf(server: Client, deviceId: string): Promise<DeviceAnswer> {
  return expectOk(await server.api.get<DeviceAnswer>(`devices/${deviceId}`)).data;
}

interface ListedMessage {
  readonly text: string | null;
  readonly fromMe: boolean;
}

/** The texts a device has received, newest first. */
export async function receivedTexts(server: Client, deviceId: string): Promise<string[]> {
  const texts: string[] = [];
  let cursor = '';
  do {
    const { data } = expectOk(
      await server.api.get<{ items: readonly ListedMessage[]; nextCursor: string | null }>(
        `devices/${deviceId}/messages?direction=in&limit=200${cursor}`,
      ),
    );
    texts.push(...data.items.flatMap(({ text }) => text ?? []));
    cursor = data.nextCursor === null ? '' : `&cursor=${data.nextCursor}`;
  } while (cursor !== '');
  return texts;
}

/** Resolves with the texts a device has received once all of `wanted` are among them. */
export async function waitForTexts(
  server: Client,
  deviceId: string,
  wanted: readonly string[],
): Promise<string[]> {
  for (;;) {
    const from = server.events.length;
    const texts = await receivedTexts(server, deviceId);
    const known = new Set(texts);
    if (wanted.every((text) => known.has(text))) return texts;
    await server.waitForEvent((event) => event.type === 'message' && event.deviceId === deviceId, from);
  }
}

/** The chance of one run; its seed is printed, and CHAOS_SEED repeats it. */
export function chaosRandom() {
  const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);
  process.stdout.write(`CHAOS_SEED=${seed}\n`);
  return createSeededRandom(seed);
}
