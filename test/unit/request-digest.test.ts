import { describe, expect, it } from 'vitest';
import { type AskedFor, requestDigest } from '../../src/http/request-digest.ts';

const asked = (fields: Partial<AskedFor> = {}): AskedFor => ({
  method: 'POST',
  route: '/devices/:deviceId/send-message',
  params: { deviceId: 'shop-1' },
  query: {},
  body: { to: '628123456789', message: 'hello' },
  ...fields,
});

describe('the digest of a request', () => {
  it('is the same whatever the order of the keys, at every depth', () => {
    const one = requestDigest(asked({ body: { a: { x: 1, y: [1, { p: 1, q: 2 }] }, b: null } }));
    const other = requestDigest(asked({ body: { b: null, a: { y: [1, { q: 2, p: 1 }], x: 1 } } }));
    expect(one).toBe(other);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, Partial<AskedFor>]>([
    ['method', { method: 'PUT' }],
    ['route', { route: '/devices/:deviceId/send-media' }],
    ['device', { params: { deviceId: 'shop-2' } }],
    ['query', { query: { queue: true } }],
    ['text', { body: { to: '628123456789', message: 'Hello' } }],
    ['type of a value', { body: { to: 628123456789, message: 'hello' } }],
    ['body at all', { body: undefined }],
  ])('differs with another %s', (_name, fields) => {
    expect(requestDigest(asked(fields))).not.toBe(requestDigest(asked()));
  });

  it('differs with the order of a list', () => {
    expect(requestDigest(asked({ body: [1, 2] }))).not.toBe(requestDigest(asked({ body: [2, 1] })));
  });

  it('does not mistake a list for an object, nor nothing for empty text', () => {
    const digests = [[], {}, '', null, 'null', ['']].map((body) => requestDigest(asked({ body })));
    expect(new Set(digests).size).toBe(digests.length);
  });
});
