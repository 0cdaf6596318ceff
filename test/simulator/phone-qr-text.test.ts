import { describe, expect, it } from 'vitest';
import { parseQrText } from '../../src/simulator/phone/qr-text.ts';

const [noise, identity, adv] = [1, 2, 3].map((fill) => Buffer.alloc(32, fill));
const keys = [noise, identity, adv].map((key) => key?.toString('base64')).join(',');

describe('the text of a QR code', () => {
  it.each([
    ['a link with a platform', `https://wa.me/settings/linked_devices#2@ref==,${keys},1`],
    ['a bare list with a platform', `2@ref==,${keys},1`],
    ['a bare list without one', `2@ref==,${keys}`],
    ['a list somebody pasted with spaces around', `\n 2@ref==,${keys},1 \n`],
  ])('is understood as %s', (_form, text) => {
    const qr = parseQrText(text);
    expect(qr.ref).toBe('2@ref==');
    expect([qr.noiseKey, qr.identityKey, qr.advSecret]).toEqual([noise, identity, adv]);
  });

  it('may hold a ref with commas', () => {
    expect(parseQrText(`2@a,b,c,${keys},1`).ref).toBe('2@a,b,c');
  });

  it.each(['', 'hello', 'https://example.com/', `,${keys},1`, `2@ref,${keys.slice(4)},1`, '2@ref,a,b,c,1'])(
    'is refused when it is %j',
    (text) => {
      expect(() => parseQrText(text)).toThrow(expect.objectContaining({ code: 'QR_MALFORMED' }));
    },
  );
});
