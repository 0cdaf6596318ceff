import { expectOk } from './client.ts';
import { type Chaos, pause } from './outbox-chaos.ts';

const EVERY_MS = 100;
/** How texts begin that are written while things go wrong. */
const WRITTEN = 'inbound';
const ALL_WITHIN_MS = 30_000;

/**
 * Every device and every recipient write to each other once, in turn: two who write first at the same moment need a few
 * attempts to understand each other, and that is not what is looked at.
 */
export async function introduce({ simulator, host, devices, recipients }: Chaos): Promise<void> {
  for (const { deviceId, phoneNumber } of devices) {
    for (const recipient of recipients) {
      const body = { to: recipient, message: `${deviceId} says hello` };
      expectOk(await host.api.post(`devices/${deviceId}/send-message`, body));
      await simulator.phone(recipient).sendText(phoneNumber, `hello ${deviceId}`);
    }
  }
}

/** The recipients write to the devices, one text after the other, until it is stopped; that resolves with the texts. */
export function writeSteadily({ simulator, devices, recipients }: Chaos): { stop(): Promise<string[]> } {
  const written: string[] = [];
  let stopped = false;
  const write = async () => {
    for (let index = 0; !stopped; index += 1) {
      const device = devices[index % devices.length];
      const recipient = recipients[index % recipients.length];
      if (!device || !recipient) return;
      const text = `${WRITTEN} ${index} for ${device.deviceId}`;
      await simulator.phone(recipient).sendText(device.phoneNumber, text);
      written.push(text);
      await pause(EVERY_MS);
    }
  };
  const writing = write();
  return {
    async stop() {
      stopped = true;
      await writing;
      return written;
    },
  };
}

/** The texts of `writeSteadily` that the API says the devices received, sorted, as soon as there are as many as these, or after a while. */
export async function receivedBy(chaos: Chaos, texts: readonly string[]): Promise<string[]> {
  const over = AbortSignal.timeout(ALL_WITHIN_MS);
  for (;;) {
    const received = (await readReceived(chaos)).filter((text) => text.startsWith(WRITTEN));
    if (received.length >= texts.length || over.aborted) return received.toSorted();
    await pause(EVERY_MS);
  }
}

async function readReceived({ host, devices }: Chaos): Promise<string[]> {
  const texts: string[] = [];
  for (const { deviceId } of devices) {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `devices/${deviceId}/messages?direction=in&limit=200${cursor && `&cursor=${cursor}`}`;
      const { data } = expectOk(
        await host.api.get<{ items: { text: string }[]; nextCursor: string | null }>(path),
      );
      texts.push(...data.items.map(({ text }) => text));
      cursor = data.nextCursor;
    }
  }
  return texts;
}
