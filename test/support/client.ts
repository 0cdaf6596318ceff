import type { Phone } from '../../src/simulator/phone/phone.ts';
import { type Answer, type Api, createApi } from './api.ts';
import { type Live, openEvents, type ServerEvent } from './live.ts';

/** A device as the API shows it, as far as tests look at it. */
export interface DeviceAnswer {
  readonly deviceId: string;
  readonly status: string;
  readonly isConnected: boolean;
  readonly hasSession: boolean;
  readonly phoneNumber: string | null;
  readonly jid: string | null;
  readonly lid: string | null;
  readonly qrCode: string | null;
  readonly authMethod: string | null;
  readonly warnings: readonly { readonly code: string }[];
  readonly cause: { readonly code: string; readonly action: string | null } | null;
}

/** Somebody with a key who hears everything that happens, and the steps most journeys begin with. */
export interface Client {
  readonly url: string;
  readonly api: Api;
  /** Every live event since the client connected. */
  readonly events: readonly ServerEvent[];
  /** The first event that passes, of those since `from` (all by default) and those to come. */
  waitForEvent(passes: (event: ServerEvent) => boolean, from?: number): Promise<ServerEvent>;
  /** Resolves when the device shows this status, now or later. */
  waitForStatus(deviceId: string, status: string): Promise<void>;
  createDevice(deviceId: string, settings?: object): Promise<void>;
  /** Connects the device and resolves with the first QR text it shows from now on. */
  showQr(deviceId: string): Promise<string>;
  /** Connects the device, scans its QR with the phone, and waits until it is connected. */
  pairByQr(deviceId: string, phone: Phone): Promise<void>;
  /** Asks for a pairing code, types it into the phone, and waits until the device is connected. Resolves with the code. */
  pairByCode(deviceId: string, phone: Phone): Promise<string>;
  /** Makes a key and resolves with a caller that uses it. */
  keyFor(rights: {
    scopes: readonly string[];
    deviceIds?: readonly string[];
  }): Promise<Api & { tokenId: string }>;
  close(): void;
}

/** Connects to a running server; rejects when the key may not read events. */
export async function connectClient({ url, key }: { url: string; key: string }): Promise<Client> {
  const api = createApi(url, key);
  const live = await openEvents(api);
  const waitForEvent = eventWaiter(live);

  const waitForStatus = async (deviceId: string, status: string) => {
    const from = live.all.length;
    const askedAt = Date.now();
    const { data } = expectOk(await api.get<DeviceAnswer>(`devices/${deviceId}/status`));
    if (data.status === status) return;
    // What happened before the question may still be on its way to us, and says nothing of now.
    const isNews = ({ at }: ServerEvent) => Date.parse(String(at)) >= askedAt;
    await waitForEvent(
      (event) => event.deviceId === deviceId && event.status === status && isNews(event),
      from,
    );
  };
  const showQr = async (deviceId: string) => {
    const from = live.all.length;
    expectOk(await api.post(`devices/${deviceId}/connect`));
    const event = await waitForEvent((each) => each.type === 'qr' && each.deviceId === deviceId, from);
    return String(event.qr);
  };
  return {
    url,
    api,
    events: live.all,
    waitForEvent,
    waitForStatus,
    async createDevice(deviceId, settings = {}) {
      expectOk(await api.post('devices', { deviceId, ...settings }));
    },
    showQr,
    async pairByQr(deviceId, phone) {
      await phone.scanQr(await showQr(deviceId));
      await waitForStatus(deviceId, 'connected');
    },
    async pairByCode(deviceId, phone) {
      const { data } = expectOk(
        await api.post<{ pairingCode: string }>(`devices/${deviceId}/pairing-code`, {
          phone: phone.phoneNumber,
        }),
      );
      await phone.enterPairingCode(data.pairingCode);
      await waitForStatus(deviceId, 'connected');
      return data.pairingCode;
    },
    async keyFor(rights) {
      const { data } = expectOk(
        await api.post<{ token: string; tokenId: string }>('/api/auth/tokens', { name: 'a test', ...rights }),
      );
      return { ...api.as(data.token), tokenId: data.tokenId };
    },
    close: live.close,
  };
}

/** The answer itself; throws what the server said when it is a failure. */
export function expectOk<Data>(answer: Answer<Data>): Answer<Data> {
  if (answer.status >= 400) throw new Error(`the server answered ${answer.status}: ${answer.text}`);
  return answer;
}

/** Lets several parts of a test wait on one stream at the same time. */
function eventWaiter(live: Live<ServerEvent>): Client['waitForEvent'] {
  const news = new Set<() => void>();
  const pump = async (): Promise<void> => {
    for (;;) {
      await live.next(() => true);
      for (const look of news) look();
    }
  };
  // It ends with the stream; whoever waits then is told.
  const over = pump();
  over.catch(() => {});
  return (passes, from = 0) =>
    new Promise((resolve, reject) => {
      let next = from;
      const look = () => {
        const found = live.all.slice(next).find(passes);
        next = live.all.length;
        if (!found) return;
        news.delete(look);
        resolve(found);
      };
      news.add(look);
      over.catch(reject);
      look();
    });
}
