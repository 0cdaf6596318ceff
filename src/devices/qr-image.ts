import { toDataURL, toString as toSvg } from 'qrcode';

/** 400 px wide, margin of 2 modules, error correction H: readable from a dim or scratched screen. */
const LOOK = { width: 400, margin: 2, errorCorrectionLevel: 'H' } as const;

/** The QR text as a PNG in a data URL. */
export function qrPng(qr: string): Promise<string> {
  return toDataURL(qr, LOOK);
}

/** The QR text as an SVG document. */
export function qrSvg(qr: string): Promise<string> {
  return toSvg(qr, { ...LOOK, type: 'svg' });
}
