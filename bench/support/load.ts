/** Everybody sends one message after the other, to a few recipients in turn. */
export interface Load {
  readonly senders: number;
  /** Phone numbers. */
  readonly recipients: readonly string[];
  /** How many of them each sender writes to. */
  readonly recipientsEach: number;
  /** Null: to each recipient once, so that the sessions are there. */
  readonly seconds: number | null;
}

export interface LoadResult {
  readonly seconds: number;
  /** Of each send, from the request to the answer. */
  readonly durationsMs: readonly number[];
}

/** Runs a load; `send` resolves with the server's ack. Rejects when one send does. */
export async function runLoad(
  load: Load,
  send: (sender: number, to: string) => Promise<void>,
): Promise<LoadResult> {
  const { senders, recipientsEach, seconds } = load;
  const durationsMs: number[] = [];
  const start = performance.now();
  const isOver = (sent: number) =>
    seconds === null ? sent >= recipientsEach : performance.now() - start >= seconds * 1000;
  const sendAll = async (sender: number) => {
    for (let sent = 0; !isOver(sent); sent += 1) {
      const begun = performance.now();
      await send(sender, recipientOf(load, sender, sent));
      durationsMs.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: senders }, (_, sender) => sendAll(sender)));
  return { seconds: (performance.now() - start) / 1000, durationsMs };
}

export function percentiles(durations: readonly number[]) {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

function recipientOf({ recipients, recipientsEach }: Load, sender: number, turn: number): string {
  const recipient = recipients[(sender * recipientsEach + (turn % recipientsEach)) % recipients.length];
  if (recipient === undefined) throw new Error('a load needs recipients');
  return recipient;
}
