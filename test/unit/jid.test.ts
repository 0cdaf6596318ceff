import { describe, expect, it } from 'vitest';
import {
  formatJid,
  isGroup,
  isLid,
  jidParts,
  parseJid,
  phoneNumberOf,
  withoutDevice,
} from '../../src/whatsapp/jid.ts';

const jid = (text: string) => {
  const parsed = parseJid(text);
  if (!parsed) throw new Error(`not a JID: ${text}`);
  return parsed;
};

describe('a JID', () => {
  it('is normalised when read', () => {
    expect(jid('628123456789:0@s.whatsapp.net')).toBe('628123456789@s.whatsapp.net');
    expect(jid('628123456789@c.us')).toBe('628123456789@s.whatsapp.net');
    expect(jid('628123456789_1:7@s.whatsapp.net')).toBe('628123456789:7@s.whatsapp.net');
    expect(jid('status@broadcast')).toBe('status@broadcast');
  });

  it('is null for what is no address', () => {
    for (const text of ['', 'abc', '@', '@lid', 'a b@lid', 'x@', '1@2@lid', '1:x@lid']) {
      expect(parseJid(text)).toBeNull();
    }
  });

  it('comes apart and goes together again', () => {
    expect(jidParts(jid('1234:5@lid'))).toEqual({ user: '1234', device: 5, server: 'lid' });
    expect(formatJid({ user: '1234', device: 5, server: 'lid' })).toBe('1234:5@lid');
    expect(withoutDevice(jid('1234:5@lid'))).toBe('1234@lid');
  });

  it('never shows a LID or a group as a phone number', () => {
    expect(phoneNumberOf(jid('628123456789:4@s.whatsapp.net'))).toBe('628123456789');
    expect(phoneNumberOf(jid('123456789012345@lid'))).toBeNull();
    expect(phoneNumberOf(jid('120363041234567890@g.us'))).toBeNull();
  });

  it('knows what it is', () => {
    expect(isLid(jid('1@lid'))).toBe(true);
    expect(isGroup(jid('120363041234567890@g.us'))).toBe(true);
    expect(isGroup(jid('1@lid'))).toBe(false);
  });
});
