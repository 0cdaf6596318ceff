import { expectOk } from './client.ts';
import { allConnected, type Chaos, type ChaosDevice, pause } from './outbox-chaos.ts';
import { type Expected, SENT } from './outbox-chaos-judge.ts';

/** What the API said of a message it took. */
export interface Accepted {
  readonly messageId: string;
  /** Of the answer. */
  readonly status: number;
}

interface MessageAnswer {
  readonly messageId: string;
  readonly to: string;
  readonly text: string;
  readonly status: string;
}

const TRY_AGAIN_MS = 50;

/** Does `work` for each number below `requests`, so many at once. */
export async function callers(
  { requests, atOnce }: { requests: number; atOnce: number },
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const caller = async () => {
    while (next < requests) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
}

/**
 * Asks for text number `index`, from and to those whose turn it is, to be sent when the device is there. Null when there
 * was no answer, or one that says to come again.
 */
export async function postText(
  { host, devices, recipients }: Chaos,
  index: number,
  idempotencyKey?: string,
): Promise<Accepted | null> {
  const { deviceId } = turn(devices, index);
  const body = { to: turn(recipients, index), message: `text ${index}` };
  const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  const path = `devices/${deviceId}/send-message?queue=true`;
  const answer = await host.api
    .call<MessageAnswer>({ method: 'POST', path, body, headers })
    .catch(() => null);
  if (!answer || answer.status >= 500) {
    await pause(TRY_AGAIN_MS);
    return null;
  }
  return { messageId: expectOk(answer).data.messageId, status: answer.status };
}

/** Closes every device without logging it out. */
export async function stopAll({ host, devices }: Chaos): Promise<void> {
  for (const { deviceId } of devices) {
    expectOk(await host.api.delete(`devices/${deviceId}/disconnect?logout=false`));
  }
}

/** Connects every device that was stopped. */
export async function connectAll({ host, devices }: Chaos): Promise<void> {
  for (const { deviceId } of devices) expectOk(await host.api.post(`devices/${deviceId}/connect`));
  await allConnected(host, devices.length);
}

const SETTLED_WITHIN_MS = 10_000;

/** Every message the API has of the devices, as soon as all are with WhatsApp, or after a while. */
export async function messagesOf(chaos: Chaos, { withinMs = SETTLED_WITHIN_MS } = {}): Promise<Expected[]> {
  const over = AbortSignal.timeout(withinMs);
  for (;;) {
    const messages = await readMessages(chaos);
    if (over.aborted || messages.every(({ status }) => SENT.has(status))) return messages;
    await pause(TRY_AGAIN_MS);
  }
}

async function readMessages({ host, devices }: Chaos): Promise<Expected[]> {
  const all: Expected[] = [];
  for (const { deviceId, phoneNumber } of devices) {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `devices/${deviceId}/messages?direction=out&limit=200${cursor && `&cursor=${cursor}`}`;
      const { data } = expectOk(
        await host.api.get<{ items: MessageAnswer[]; nextCursor: string | null }>(path),
      );
      for (const { messageId, to, text, status } of data.items) {
        all.push({ messageId, from: phoneNumber, to: to.replace(/@.*/, ''), text, status });
      }
      cursor = data.nextCursor;
    }
  }
  return all;
}

function turn<Each extends ChaosDevice | string>(all: readonly Each[], index: number): Each {
  const each = all[index % all.length];
  if (each === undefined) throw new Error('nobody is there');
  return each;
}
