import { expect, it } from 'vitest';
import { findRoute, formatPlace, matchPath, parsePlace } from '../../../src/dashboard/ui/lib/route.ts';

it('a place survives the address bar', () => {
  const hash = formatPlace('/devices', { status: 'attention', tag: 'a&b c', text: '' });
  expect(hash).toBe('#/devices?status=attention&tag=a%26b+c');
  expect(parsePlace(hash)).toEqual({ path: '/devices', query: { status: 'attention', tag: 'a&b c' } });
});

it.each(['', '#', '#main', 'x', '#//'])('"%s" leads to a page of ours or to none', (hash) => {
  expect(parsePlace(hash).path).toMatch(/^\//);
});

it('a trailing slash changes nothing', () => {
  expect(parsePlace('#/devices/').path).toBe('/devices');
});

it('the named parts of a path come decoded', () => {
  expect(matchPath('/devices/:deviceId/pair', '/devices/a%20b/pair')).toEqual({ deviceId: 'a b' });
  expect(matchPath('/devices/:deviceId', '/devices')).toBeNull();
  expect(matchPath('/devices/:deviceId', '/devices/')).toBeNull();
  expect(matchPath('/devices/:deviceId', '/devices/%E0%A4%A')).toBeNull();
});

it('the first page whose path fits is the one', () => {
  const routes = [{ path: '/devices' }, { path: '/devices/new' }, { path: '/devices/:deviceId' }];
  expect(findRoute(routes, '/devices/new')?.route.path).toBe('/devices/new');
  expect(findRoute(routes, '/devices/anna')?.params).toEqual({ deviceId: 'anna' });
  expect(findRoute(routes, '/chats')).toBeNull();
});
