import { describe, expect, it } from 'vitest';
import { expiryOf } from '../../../src/dashboard/ui/pages/people/expiry.ts';
import { suggestPassword } from '../../../src/dashboard/ui/pages/people/suggest-password.ts';
import { tryLine } from '../../../src/dashboard/ui/pages/people/try-line.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

describe('when a key expires', () => {
  it('is never, or so many days from now', () => {
    expect(expiryOf('never', '2027-01-31', NOW)).toBeNull();
    expect(expiryOf('30', '', NOW)).toBe('2026-12-20T12:00:00.000Z');
  });

  it('is the end of the day that was chosen, not its beginning', () => {
    const at = new Date(expiryOf('date', '2027-01-31', NOW) ?? '');
    expect([at.getDate(), at.getHours()]).toEqual([31, 23]);
  });
});

it('a suggested password is long, made of all that was drawn, and has nothing to confuse', () => {
  let next = 0;
  const password = suggestPassword((into) => {
    for (const index of into.keys()) into[index] = next++;
  });
  expect(password).toMatch(/^([a-zA-Z2-9]{5}-){3}[a-zA-Z2-9]{5}$/);
  expect(new Set(password.replaceAll('-', '')).size).toBe(20);
  expect(password).not.toMatch(/[lIO01]/);
});

describe('the line to try a key with', () => {
  const place = { origin: 'http://127.0.0.1:4000', deviceId: 'anna' };
  const line = (...scopes: Parameters<typeof tryLine>[0]['scopes'][number][]) =>
    tryLine({ token: 'wfl_x', scopes, deviceIds: null }, place);

  it('asks for something the key may read', () => {
    expect(line('device:read')).toBe(
      "curl -H 'X-API-Key: wfl_x' http://127.0.0.1:4000/api/whatsapp-multi-device/devices",
    );
    expect(line('admin')).toContain('/devices');
    expect(line('webhook:manage')).toContain('/webhooks');
    expect(line('report:read')).toContain('/api/whatsapp/recipients');
  });

  it('sends from a device the key may use when it may only send', () => {
    expect(line('message:send')).toContain('/devices/anna/send-message');
    const limited = tryLine({ token: 'wfl_x', scopes: ['message:send'], deviceIds: ['budi'] }, place);
    expect(limited).toContain('/devices/budi/send-message');
  });
});
