import { describe, expect, it } from 'vitest';
import type { LiveEventType } from '../../src/events/live-event.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { isWanted, signingSecrets } from '../../src/webhooks/webhook.ts';
import { maySee } from '../../src/webhooks/webhook-ports.ts';
import { CreateWebhookBody } from '../../src/webhooks/webhook-schemas.ts';

const [ANA, BUDI] = ['ana' as DeviceId, 'budi' as DeviceId];
const event = (type: LiveEventType, deviceId = ANA) => ({ type, deviceId });
const everything = { events: ['*'], deviceIds: null } as const;

describe('an event is wanted', () => {
  it('by type and by device', () => {
    const webhook = { events: ['message', 'job'], deviceIds: [ANA] } as const;
    expect(isWanted(webhook, event('message'))).toBe(true);
    expect(isWanted(webhook, event('status'))).toBe(false);
    expect(isWanted(webhook, event('message', BUDI))).toBe(false);
    expect(isWanted(everything, event('status', BUDI))).toBe(true);
  });

  it('never when somebody could link a phone with it', () => {
    expect(isWanted(everything, event('qr'))).toBe(false);
    expect(isWanted(everything, event('pairing_code'))).toBe(false);
  });
});

describe('secrets', () => {
  const until = new Date('2026-11-20T08:00:00Z');
  const rotated = { secret: 'new', previousSecret: { secret: 'old', until } };

  it('sign together until the old one ends', () => {
    expect(signingSecrets(rotated, new Date(until.getTime() - 1))).toEqual(['new', 'old']);
    expect(signingSecrets(rotated, until)).toEqual(['new']);
    expect(signingSecrets({ ...rotated, previousSecret: null }, until)).toEqual(['new']);
  });

  const given = (secret: string) =>
    CreateWebhookBody.safeParse({ url: 'https://shop.example/', events: ['*'], secret }).success;
  const bytes = (count: number) => Buffer.alloc(count, 7).toString('base64');

  it.each([
    ['24 bytes', `whsec_${bytes(24)}`, true],
    ['64 bytes', `whsec_${bytes(64)}`, true],
    ['23 bytes', `whsec_${bytes(23)}`, false],
    ['65 bytes', `whsec_${bytes(65)}`, false],
    ['no prefix', bytes(32), false],
    ['base64 of another alphabet', `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`, false],
    ['base64 without its padding', `whsec_${bytes(32).replace('=', '')}`, false],
    ['text', 'whsec_not a secret at all, but long enough', false],
  ])('of %s are taken or refused', (_what, secret, isTaken) => {
    expect(given(secret)).toBe(isTaken);
  });
});

describe('a caller restricted to devices', () => {
  const caller = { deviceIds: [ANA], mayUse: (deviceId: string) => deviceId === ANA };

  it('sees endpoints of its devices, and none of others or of all', () => {
    expect(maySee(caller, { deviceIds: [ANA] })).toBe(true);
    expect(maySee(caller, { deviceIds: [ANA, BUDI] })).toBe(false);
    expect(maySee(caller, { deviceIds: null })).toBe(false);
    expect(maySee({ deviceIds: null, mayUse: () => true }, { deviceIds: null })).toBe(true);
  });
});
