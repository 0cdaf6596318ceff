import { describe, expect, it } from 'vitest';
import { createOtpSecret, newCode } from '../../src/otp/otp-secret.ts';
import { systemRandom } from '../../src/shared/random.ts';

const key = (byte: number) => Buffer.alloc(32, byte);
const context = { id: '01K0000000000000000000000A', to: '62811@s.whatsapp.net', purpose: 'login' };

describe('the HMAC of a code', () => {
  it('matches the code in its own context and nothing else', () => {
    const secret = createOtpSecret([key(1)]);
    const hmac = secret.sign('123456', context);
    expect(hmac).toMatch(/^[0-9a-f]{64}$/);
    expect(secret.matches('123456', { ...context, hmac })).toBe(true);
    for (const other of [
      { code: '123457' },
      { purpose: 'pay' },
      { to: '62812@s.whatsapp.net' },
      { id: '01K0000000000000000000000B' },
      { hmac: '00' },
    ]) {
      const { code = '123456', ...rest } = other;
      expect(secret.matches(code, { ...context, hmac, ...rest })).toBe(false);
    }
  });

  it('of before a rotation of keys still counts, and no other', () => {
    const before = createOtpSecret([key(1)]).sign('123456', context);
    expect(createOtpSecret([key(2), key(1)]).matches('123456', { ...context, hmac: before })).toBe(true);
    expect(createOtpSecret([key(2)]).matches('123456', { ...context, hmac: before })).toBe(false);
  });
});

describe('a new code', () => {
  it('has as many digits as asked for', () => {
    for (const length of [4, 6, 10])
      expect(newCode(systemRandom, length)).toMatch(new RegExp(`^\\d{${length}}$`));
  });

  it('leaves out the bytes that would make some digits more likely', () => {
    const bytes = [255, 250, 249, 10, 0, 251, 13, 7];
    const random = { bytes: (count: number) => Buffer.from(bytes.splice(0, count)), next: () => 0 };
    expect(newCode(random, 4)).toBe('9003');
  });
});
