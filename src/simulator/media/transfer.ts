import type { Clock } from '../../shared/clock.ts';

/** As over a slow line; the pauses are the clock's. */
export async function* slowed(
  source: AsyncIterable<Uint8Array>,
  { clock, bytesPerSecond }: { clock: Clock; bytesPerSecond: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    const delayMs = (chunk.length / bytesPerSecond) * 1_000;
    await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    yield chunk;
  }
}

/** The first bytes, then an error: the connection dies. */
export async function* cutShort(
  source: AsyncIterable<Uint8Array>,
  afterBytes: number,
): AsyncGenerator<Uint8Array> {
  let left = afterBytes;
  for await (const chunk of source) {
    if (chunk.length > left) {
      if (left > 0) yield chunk.subarray(0, left);
      break;
    }
    left -= chunk.length;
    yield chunk;
  }
  throw new Error('A fault cut the transfer');
}

/** The same bytes, but for one bit of the first. */
export async function* flipOneBit(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    if (isFirst) bytes[0] = (bytes[0] ?? 0) ^ 1;
    isFirst = false;
    yield bytes;
  }
}
