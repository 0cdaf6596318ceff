import { describe, expect, it } from 'vitest';
import {
  formatAddress,
  isGroupJid,
  parseAddress,
  parseDeviceAddress,
  userJid,
} from '../../src/simulator/wire/jid.ts';

describe('parsing an address', () => {
  it.each([
    ['6281200000001@s.whatsapp.net', { user: '6281200000001', device: 0, server: 's.whatsapp.net' }],
    ['6281200000001:12@s.whatsapp.net', { user: '6281200000001', device: 12, server: 's.whatsapp.net' }],
    ['6281200000001:0@s.whatsapp.net', { user: '6281200000001', device: 0, server: 's.whatsapp.net' }],
    ['6281200000001@c.us', { user: '6281200000001', device: 0, server: 's.whatsapp.net' }],
    ['6281200000001_1:7@s.whatsapp.net', { user: '6281200000001', device: 7, server: 's.whatsapp.net' }],
    ['100200300:255@lid', { user: '100200300', device: 255, server: 'lid' }],
    ['6281200000001-1600000000@g.us', { user: '6281200000001-1600000000', device: 0, server: 'g.us' }],
    ['@s.whatsapp.net', { user: '', device: 0, server: 's.whatsapp.net' }],
    ['status@broadcast', { user: 'status', device: 0, server: 'broadcast' }],
  ])('%s', (jid, expected) => {
    expect(parseAddress(jid)).toEqual(expected);
  });

  it.each(['', 'nobody', 'a@', 'a@b@c', '1:256@lid', '1:2:3@lid', '1:-1@lid', '1:x@lid'])(
    'refuses "%s"',
    (jid) => {
      expect(parseAddress(jid)).toBeNull();
    },
  );
});

it('takes only people for devices', () => {
  expect(parseDeviceAddress('100200300:3@lid')).toEqual({ user: '100200300', device: 3, server: 'lid' });
  for (const jid of ['1-2@g.us', 's.whatsapp.net', '@s.whatsapp.net', 'status@broadcast']) {
    expect(parseDeviceAddress(jid)).toBeNull();
  }
});

it('formats an address, device 0 being the phone itself', () => {
  expect(formatAddress({ user: '1', device: 0, server: 'lid' })).toBe('1@lid');
  expect(formatAddress({ user: '1', device: 3, server: 'lid' })).toBe('1:3@lid');
  expect(userJid({ user: '1', device: 3, server: 'lid' })).toBe('1@lid');
  expect(isGroupJid('1-2@g.us')).toBe(true);
  expect(isGroupJid('1@lid')).toBe(false);
});
