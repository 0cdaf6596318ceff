import { initAuthCreds, proto } from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import {
  AuthValueError,
  decodeCreds,
  decodeKey,
  encodeCreds,
  encodeKey,
} from '../../src/whatsapp/auth-value-codec.ts';

describe('auth values', () => {
  it('brings credentials back with every key as bytes', () => {
    const creds = initAuthCreds();
    const read = decodeCreds(encodeCreds(creds));
    expect(read.noiseKey.private).toEqual(Buffer.from(creds.noiseKey.private));
    expect(read.signedPreKey.signature).toEqual(Buffer.from(creds.signedPreKey.signature));
    expect(read.registrationId).toBe(creds.registrationId);
  });

  it('refuses credentials that would make another device of it', () => {
    expect(() => decodeCreds(Buffer.from('not json'))).toThrow(AuthValueError);
    expect(() => decodeCreds(Buffer.from('null'))).toThrow(AuthValueError);
    expect(() =>
      decodeCreds(encodeCreds({ ...initAuthCreds(), advSecretKey: Reflect.get({}, 'none') })),
    ).toThrow(AuthValueError);
  });

  it('re-encodes the skipped keys of a sender key, which the library writes as arrays of numbers', () => {
    const seed = Buffer.from('a skipped message key');
    const record = [
      { senderKeyId: 7, senderMessageKeys: [{ iteration: 3, seed }], senderChainKey: { iteration: 4, seed } },
    ];
    const asTheLibraryWrites = Buffer.from(JSON.stringify(record));
    const once = decodeKey('sender-key', encodeKey('sender-key', asTheLibraryWrites));
    expect(JSON.parse(Buffer.from(once).toString())[0].senderMessageKeys[0].seed).toEqual({
      type: 'Buffer',
      data: seed.toString('base64'),
    });
    expect(decodeKey('sender-key', encodeKey('sender-key', once))).toEqual(once);
  });

  it('brings an app state key back as the message the library computes with', () => {
    const key = proto.Message.AppStateSyncKeyData.fromObject({
      keyData: Buffer.from('secret'),
      timestamp: 12,
    });
    const read = decodeKey('app-state-sync-key', encodeKey('app-state-sync-key', key));
    expect(Buffer.from(read.keyData ?? [])).toEqual(Buffer.from('secret'));
    expect(Number(read.timestamp)).toBe(12);
  });
});
