import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/shared/errors.ts';
import { parsePhoneNumber } from '../../src/whatsapp/phone-number.ts';
import { parseRecipient } from '../../src/whatsapp/recipient.ts';

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
  return null;
};

describe('a recipient as people write it', () => {
  const accepted: [written: string, jid: string][] = [
    ['08123456789', '628123456789@s.whatsapp.net'],
    ['8123456789', '628123456789@s.whatsapp.net'],
    ['628123456789', '628123456789@s.whatsapp.net'],
    ['+628123456789', '628123456789@s.whatsapp.net'],
    ['+62 812-3456-789', '628123456789@s.whatsapp.net'],
    [' 0812 3456 789 ', '628123456789@s.whatsapp.net'],
    ['(0812) 3456.789', '628123456789@s.whatsapp.net'],
    ['+6208123456789', '628123456789@s.whatsapp.net'],
    ['00628123456789', '628123456789@s.whatsapp.net'],
    ['8551234567', '628551234567@s.whatsapp.net'],
    ['+15551234567', '15551234567@s.whatsapp.net'],
    ['+1 (555) 123-4567', '15551234567@s.whatsapp.net'],
    ['+44 7911 123456', '447911123456@s.whatsapp.net'],
    ['447911123456', '447911123456@s.whatsapp.net'],
    ['628123456789@s.whatsapp.net', '628123456789@s.whatsapp.net'],
    ['628123456789:12@s.whatsapp.net', '628123456789@s.whatsapp.net'],
    ['628123456789:0@s.whatsapp.net', '628123456789@s.whatsapp.net'],
    ['08123456789@s.whatsapp.net', '628123456789@s.whatsapp.net'],
    ['628123456789@c.us', '628123456789@s.whatsapp.net'],
    ['123456789012345@lid', '123456789012345@lid'],
    ['123456789012345:3@lid', '123456789012345@lid'],
    ['120363041234567890@g.us', '120363041234567890@g.us'],
    ['628123456789-1600000000@g.us', '628123456789-1600000000@g.us'],
  ];
  for (const [written, jid] of accepted) {
    it(`takes "${written}"`, () => {
      expect(parseRecipient(written, 'ID')).toBe(jid);
    });
  }

  const refused: [written: string, code: string][] = [
    ['', 'RECIPIENT_INVALID'],
    ['hello', 'RECIPIENT_INVALID'],
    ['0812abc', 'RECIPIENT_INVALID'],
    ['12', 'RECIPIENT_INVALID'],
    ['+', 'RECIPIENT_INVALID'],
    ['+62', 'RECIPIENT_INVALID'],
    ['081234567890123456789', 'RECIPIENT_INVALID'],
    ['+999123456789', 'RECIPIENT_INVALID'],
    ['status@broadcast', 'RECIPIENT_INVALID'],
    ['628123456789@example.com', 'RECIPIENT_INVALID'],
    ['@s.whatsapp.net', 'RECIPIENT_INVALID'],
    ['a@lid', 'RECIPIENT_INVALID'],
    ['1@2@lid', 'RECIPIENT_INVALID'],
  ];
  for (const [written, code] of refused) {
    it(`refuses "${written}" with ${code}`, () => {
      expect(codeOf(() => parseRecipient(written, 'ID'))).toBe(code);
    });
  }
});

describe('a phone number elsewhere', () => {
  it('reads bare digits by the default country', () => {
    expect(parsePhoneNumber('07911 123456', 'GB')).toBe('447911123456');
    expect(parsePhoneNumber('5551234567', 'US')).toBe('15551234567');
  });
});
