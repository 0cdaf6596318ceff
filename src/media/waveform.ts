import { open } from 'node:fs/promises';

/** How many bars WhatsApp's apps draw, each from 0 to 100 (protocol fact). */
const BARS = 64;
const HIGHEST = 100;

/** What is drawn of a recording, in base64: the means of 64 parts of it, the loudest as the highest. Null for nothing. */
export function waveformOf(loudness: readonly number[]): string | null {
  if (loudness.length === 0) return null;
  const bars = Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * loudness.length) / BARS);
    const part = loudness.slice(from, Math.max(from + 1, Math.floor(((bar + 1) * loudness.length) / BARS)));
    return part.reduce((sum, each) => sum + each, 0) / part.length;
  });
  const most = Math.max(...bars);
  return Buffer.from(bars.map((bar) => (most > 0 ? Math.round((bar / most) * HIGHEST) : 0))).toString(
    'base64',
  );
}

/** A page of Ogg (RFC 3533): a head of 27 bytes with the number of segments last, their lengths, the segments. */
const PAGE_HEAD = 27;
const MOST_SEGMENTS = 255;
/** OpusHead and OpusTags (RFC 7845). */
const HEADERS = 2;
/** Four hours of packets of 20 ms. */
const MOST_PACKETS = 720_000;

/**
 * How much each packet of an Opus recording has to say, in bytes: without a decoder the best guess at how loud it is, as silence needs
 * few. Empty for what is no Ogg. Reads the heads of pages only.
 */
export async function packetSizesOf(path: string): Promise<readonly number[]> {
  const handle = await open(path, 'r');
  try {
    const sizes: number[] = [];
    let size = 0;
    const head = Buffer.alloc(PAGE_HEAD + MOST_SEGMENTS);
    for (let at = 0; sizes.length < MOST_PACKETS; ) {
      const { bytesRead } = await handle.read(head, 0, head.length, at);
      const segments = head[PAGE_HEAD - 1] ?? 0;
      if (bytesRead < PAGE_HEAD + segments || head.toString('latin1', 0, 4) !== 'OggS') break;
      const lengths = head.subarray(PAGE_HEAD, PAGE_HEAD + segments);
      for (const length of lengths) {
        size += length;
        // A packet goes on in the next segment for as long as they are full.
        if (length === MOST_SEGMENTS) continue;
        sizes.push(size);
        size = 0;
      }
      at += PAGE_HEAD + segments + lengths.reduce((sum, length) => sum + length, 0);
    }
    return sizes.slice(HEADERS);
  } finally {
    await handle.close();
  }
}
