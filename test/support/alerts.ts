import type { Client } from './client.ts';
import { connectClient, expectOk } from './client.ts';
import { ADMIN_KEY } from './server.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { type TestSimulator, waitForMessage } from './simulator.ts';

/** An alert as the API shows it, as far as tests look at it. */
export interface AlertAnswer {
  readonly alertId: string;
  readonly status: string;
  readonly repeated: boolean;
  readonly repeats: number;
  readonly acknowledgedBy: string | null;
  readonly progress: { readonly total: number; readonly delivered: number };
  readonly items: readonly { readonly name: string; readonly stage: number; readonly messageId: string }[];
}

/** The server as an operator runs it, with a device that alerts, and lists of people with phones. */
export async function startAlertStage(
  simulator: TestSimulator,
  { account, environment = {} }: { account: string; environment?: Record<string, string> },
) {
  const media = { WA_MEDIA_ORIGIN: simulator.mediaOrigin, WA_MEDIA_CA: simulator.caFile };
  const stage = await startProcess(simulator, { ...media, ...environment });
  await stage.client.createDevice('siren', { tags: ['system'] });
  await stage.client.pairByQr('siren', simulator.phone(account, 'Siren'));
  return stage;
}

async function startProcess(simulator: TestSimulator, environment: Record<string, string>, dataDir?: string) {
  let server: ServerProcess;
  let client: Client;
  const begin = async (from?: string) => {
    server = startServerProcess({ simulator, environment, ...(from !== undefined && { dataDir: from }) });
    client = await connectClient({ url: await server.waitReady(), key: ADMIN_KEY });
  };
  await begin(dataDir);
  const texts = (number: string) =>
    simulator
      .phone(number)
      .messages()
      .map(({ text }) => text ?? '');
  return {
    get client() {
      return client;
    },
    get server() {
      return server;
    },
    /** As the machine ends it, and started again on the same data. */
    async killAndRestart() {
      client.close();
      await server.kill('SIGKILL');
      await begin(server.dataDir);
    },
    async makeList(name: string, numbers: readonly string[]) {
      const ids: number[] = [];
      for (const number of numbers) {
        simulator.phone(number, `Person ${number.slice(-3)}`);
        const known = await client.api.post<{ id: number }>('/api/whatsapp/recipients', {
          name: `Person ${number.slice(-3)}`,
          number,
        });
        ids.push(expectOk(known).data.id);
      }
      const { data: list } = expectOk(
        await client.api.post<{ id: number }>('/api/whatsapp/recipient-lists', { name }),
      );
      expectOk(
        await client.api.post(`/api/whatsapp/recipient-lists/${list.id}/members`, { recipient_ids: ids }),
      );
      return list.id;
    },
    alert: (body: object) => client.api.post<AlertAnswer>('alerts', body),
    read: async (alertId: string) => (await client.api.get<AlertAnswer>(`alerts/${alertId}`)).data,
    /** The message on the phone whose text begins so. */
    arrives: (number: string, beginning: string) =>
      waitForMessage(simulator.phone(number), (message) => message.text?.startsWith(beginning) ?? false),
    /** How many messages on the phone begin so. */
    copies: (number: string, beginning: string) =>
      texts(number).filter((text) => text.startsWith(beginning)).length,
    async stop() {
      client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

export type AlertStage = Awaited<ReturnType<typeof startAlertStage>>;
