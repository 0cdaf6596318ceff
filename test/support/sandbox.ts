import { type Client, expectOk } from './client.ts';

/** People of the sandbox whose phones the tests use. */
export const ANNA = { deviceId: 'anna', phoneNumber: '6281200000001', pushName: 'Anna' } as const;
export const BUDI = { deviceId: 'budi', phoneNumber: '6281200000002', pushName: 'Budi' } as const;
export const CITRA = { deviceId: 'citra', phoneNumber: '6281200000003', pushName: 'Citra' } as const;

interface Party {
  readonly deviceId: string;
  readonly phoneNumber: string;
  readonly pushName: string;
}

/** The steps most journeys in the sandbox begin with, over the server's own routes. */
export function sandboxSteps(client: Client) {
  const post = async <Data>(path: string, body?: object) =>
    expectOk(await client.api.post<Data>(`/api/sandbox${path}`, body)).data;
  const makePhone = ({ phoneNumber, pushName }: Omit<Party, 'deviceId'>) =>
    post('/phones', { phoneNumber, pushName });
  return {
    post,
    makePhone,
    /** A new device, linked with a new phone. Its messages are kept in history when `kept`. */
    async pair({ deviceId, ...phone }: Party, { kept = false } = {}): Promise<void> {
      await makePhone(phone);
      await client.createDevice(deviceId, { deviceName: phone.pushName, tags: ['jakarta'] });
      await client.showQr(deviceId);
      await post(`/phones/${phone.phoneNumber}/scan`, { deviceId });
      await client.waitForStatus(deviceId, 'connected');
      if (!kept) return;
      const number = { whatsapp_number: phone.phoneNumber, session_id: deviceId };
      expectOk(await client.api.post('/api/whatsapp/allowed-numbers', number));
    },
    /** A person writes to a device; resolves when the device has it. */
    async write(from: Party, to: Party, text: string): Promise<void> {
      const before = client.events.length;
      await post(`/phones/${from.phoneNumber}/send`, { to: to.phoneNumber, text });
      await client.waitForEvent(
        (event) => event.type === 'message' && event.deviceId === to.deviceId && says(event, text),
        before,
      );
    },
  };
}

const says = (event: object, text: string) => JSON.stringify(event).includes(text);
