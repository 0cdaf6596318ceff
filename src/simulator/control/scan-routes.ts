import { PhoneError } from '../phone/phone-error.ts';
import { parseQrText } from '../phone/qr-text.ts';
import type { ControlPlugin } from './control-plugin.ts';
import { ScanQuery } from './control-schemas.ts';

/** The path Baileys' own end-to-end suite posts a QR text to, on the address of the WebSocket. */
export const SCAN_PATH = '/admin/mock-phone/scan-qr';

/** Numbers of the phones that are made for whoever scans without naming one. */
const FIRST_SPARE_NUMBER = 559_980_000_001;

/** Any content type, or none: the body is the raw QR text. Open to everybody on this machine, as the suite knows no token. */
export const scanRoutes: ControlPlugin = async (app, { core, phones }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  const spareNumber = () => {
    for (let number = FIRST_SPARE_NUMBER; ; number += 1) {
      if (!phones.find(String(number))) return String(number);
    }
  };
  app.post(SCAN_PATH, { schema: { querystring: ScanQuery } }, async (request) => {
    const phoneNumber = request.query.pn ?? spareNumber();
    const qr = typeof request.body === 'string' ? request.body : '';
    // Checked first, so that nonsense makes no phone.
    const pending = core.findPendingByRef(parseQrText(qr).ref);
    if (!pending) throw new PhoneError('QR_EXPIRED', 'No companion shows this QR code now');
    const phone =
      phones.find(phoneNumber) ?? phones.create({ phoneNumber, pushName: pending.pushName ?? undefined });
    return { phoneNumber, device: await phone.scanQr(qr) };
  });
};
