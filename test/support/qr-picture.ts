import { inflateSync } from 'node:zlib';
import { create } from 'qrcode';

/** The dark and light fields of a QR code: rows of `#` and `.`, without the margin. */
export type QrFields = readonly string[];

/** The fields a QR code of this text has at error correction H. */
export function fieldsOfText(text: string): QrFields {
  const { size, data } = create(text, { errorCorrectionLevel: 'H' }).modules;
  return square(size, (row, column) => data[row * size + column] === 1);
}

/** How many fields a picture has in a row, and how many light ones stand around them. */
interface QrLayout {
  readonly fields: number;
  readonly margin: number;
}

/** The fields seen in a PNG data URL, each looked at in its middle. Throws when it is not `pixels` wide and high. */
export function fieldsOfPng(
  dataUrl: string,
  { fields, margin, pixels }: QrLayout & { pixels: number },
): QrFields {
  const { width, height, isDark } = readPng(Buffer.from(dataUrl.split(',')[1] ?? '', 'base64'));
  if (width !== pixels || height !== pixels) throw new Error(`the picture is ${width} by ${height}`);
  const step = width / (fields + 2 * margin);
  const middle = (index: number) => Math.floor((index + margin + 0.5) * step);
  return square(fields, (row, column) => isDark(middle(column), middle(row)));
}

/** The fields drawn by the strokes of an SVG: `M` puts the pen down, `m` lifts it, `h` draws a run of dark fields. */
export function fieldsOfSvg(svg: string, { fields, margin }: QrLayout): QrFields {
  const strokes = /stroke="#000000" d="([^"]+)"/.exec(svg)?.[1] ?? '';
  const dark = new Set<string>();
  let [x, y] = [0, 0];
  for (const [, command, first = '', second = ''] of strokes.matchAll(/([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    if (command === 'M') [x, y] = [Number(first), Number(second)];
    if (command === 'm') [x, y] = [x + Number(first), y + Number(second)];
    if (command !== 'h') continue;
    for (let run = 0; run < Number(first); run += 1) dark.add(`${Math.floor(y)},${x + run}`);
    x += Number(first);
  }
  return square(fields, (row, column) => dark.has(`${row + margin},${column + margin}`));
}

function square(size: number, isDark: (row: number, column: number) => boolean): QrFields {
  const indexes = [...Array(size).keys()];
  return indexes.map((row) => indexes.map((column) => (isDark(row, column) ? '#' : '.')).join(''));
}

const SIGNATURE = '89504e470d0a1a0a';
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 6: 4 };

/** As much of PNG as such pictures use: 8 bits a sample, grey, RGB or RGBA, not interlaced. */
function readPng(file: Buffer) {
  if (file.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error('not a PNG');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [depth, colour, , , interlace] = file.subarray(24, 29);
  const samples = SAMPLES[colour ?? -1];
  if (depth !== 8 || interlace !== 0 || samples === undefined) throw new Error('a PNG of an unexpected kind');
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const pixels = unfilter(inflateSync(Buffer.concat(parts)), { stride: width * samples, height, samples });
  const isDark = (x: number, y: number) => (pixels[(y * width + x) * samples] ?? 255) < 128;
  return { width, height, isDark };
}

/** Undoes the filter of each row (PNG specification, section 9). */
function unfilter(
  raw: Buffer,
  { stride, height, samples }: { stride: number; height: number; samples: number },
) {
  const out = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)];
    for (let column = 0; column < stride; column += 1) {
      const at = row * stride + column;
      const left = column < samples ? 0 : (out[at - samples] ?? 0);
      const above = row === 0 ? 0 : (out[at - stride] ?? 0);
      const corner = row === 0 || column < samples ? 0 : (out[at - stride - samples] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      out[at] = ((raw[row * (stride + 1) + 1 + column] ?? 0) + guess) & 255;
    }
  }
  return out;
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(estimate - value));
  if (toLeft === undefined || toAbove === undefined || toCorner === undefined) return 0;
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
