import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/shared/random.ts';
import { isSignedWith, newWebhookSecret, signWebhook } from '../../src/shared/standard-webhooks.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const CONTENT = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: new Date(1_614_265_330_400),
  body: '{"test": 2432232314}',
};

describe('the signature of the Standard Webhooks specification', () => {
  it('is that of the published vector', () => {
    expect(signWebhook(CONTENT, [SECRET])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with both secrets during a rotation, and either verifies', () => {
    const [current, previous] = [newWebhookSecret(systemRandom), newWebhookSecret(systemRandom)];
    const headers = signWebhook(CONTENT, [current, previous]);

    expect(isSignedWith(current, headers, CONTENT.body)).toBe(true);
    expect(isSignedWith(previous, headers, CONTENT.body)).toBe(true);
    expect(isSignedWith(newWebhookSecret(systemRandom), headers, CONTENT.body)).toBe(false);
  });

  it.each([
    ['another body', { ...CONTENT, body: '{"test": 2432232315}' }],
    ['another id', { ...CONTENT, id: 'msg_other' }],
    ['another second', { ...CONTENT, at: new Date(1_614_265_331_000) }],
  ])('differs for %s', (_what, content) => {
    const headers = signWebhook(content, [SECRET]);
    const signature = signWebhook(CONTENT, [SECRET])['webhook-signature'];

    expect(isSignedWith(SECRET, { ...headers, 'webhook-signature': signature }, content.body)).toBe(false);
  });

  it('has secrets of 32 bytes after whsec_', () => {
    const secret = newWebhookSecret(systemRandom);

    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newWebhookSecret(systemRandom)).not.toBe(secret);
  });
});
