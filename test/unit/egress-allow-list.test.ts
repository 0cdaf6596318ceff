import { describe, expect, it } from 'vitest';
import { parseEgressAllowance } from '../../src/config/egress-allow.ts';
import { createAllowList } from '../../src/egress/allow-list.ts';

const allowing = (...items: string[]) =>
  createAllowList(items.map(parseEgressAllowance).filter((each) => each !== null));

function admitted(items: string[], place: { host?: string; address: string; port?: number }): boolean {
  return allowing(...items).admits({ host: place.address, port: 443, ...place });
}

describe('a network or address', () => {
  it.each([
    ['10.0.0.0/8', '10.200.1.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.5', '10.0.0.5', true],
    ['10.0.0.5', '10.0.0.6', false],
    ['fd00:1::/32', 'fd00:1::7', true],
    ['fd00:1::/32', 'fd00:2::7', false],
    ['::1', '127.0.0.1', false],
    ['127.0.0.0/8', '::1', false],
    ['127.0.0.0/8', '127.0.0.1', true],
  ])('%s, asked for %s: %s', (item, address, expected) => {
    expect(admitted([item], { address })).toBe(expected);
  });

  it('with a port opens that port only, without one every port', () => {
    expect(admitted(['10.0.0.5:8080'], { address: '10.0.0.5', port: 8080 })).toBe(true);
    expect(admitted(['10.0.0.5:8080'], { address: '10.0.0.5', port: 443 })).toBe(false);
    expect(admitted(['10.0.0.5'], { address: '10.0.0.5', port: 6379 })).toBe(true);
  });

  it('opens the credentials of a cloud only by their own address', () => {
    expect(admitted(['169.254.0.0/16'], { address: '169.254.169.254' })).toBe(false);
    expect(admitted(['fd00::/8'], { address: 'fd00:ec2::254' })).toBe(false);
    expect(admitted(['168.0.0.0/8'], { address: '168.63.129.16' })).toBe(false);
    expect(admitted(['169.254.169.254'], { address: '169.254.169.254' })).toBe(true);
  });

  it('that translates opens no more than the address inside may', () => {
    const translated = ['64:ff9b::/96'];
    expect(admitted(translated, { address: '64:ff9b::8.8.8.8' })).toBe(true);
    expect(admitted(translated, { address: '64:ff9b::127.0.0.1' })).toBe(false);
    expect(admitted(translated, { address: '64:ff9b::169.254.169.254' })).toBe(false);
    expect(admitted([...translated, '10.0.0.0/8'], { address: '64:ff9b::10.0.0.1' })).toBe(true);
  });
});

describe('a name', () => {
  const host = 'nas.lan';

  it('opens what it resolves to, public or inner, on its port', () => {
    expect(admitted([host], { host, address: '192.168.1.9' })).toBe(true);
    expect(admitted([host], { host, address: '8.8.8.8' })).toBe(true);
    expect(admitted(['nas.lan:5000'], { host, address: '192.168.1.9', port: 5000 })).toBe(true);
    expect(admitted(['nas.lan:5000'], { host, address: '192.168.1.9', port: 5001 })).toBe(false);
  });

  it('opens nothing for another name, nor for the address written plainly', () => {
    expect(admitted([host], { host: 'x.nas.lan', address: '192.168.1.9' })).toBe(false);
    expect(admitted([host], { address: '192.168.1.9' })).toBe(false);
  });

  it('never opens metadata or special addresses: whoever owns the name may point it anywhere', () => {
    for (const address of ['169.254.169.254', '100.100.100.200', '0.0.0.0', '::ffff:10.0.0.1', 'fe80::1'])
      expect(admitted([host], { host, address })).toBe(false);
  });
});

it('tells before any lookup whether an entry could matter', () => {
  const couldAdmit = (items: string[], host: string, port = 443) =>
    allowing(...items).couldAdmit({ host, port });
  expect(couldAdmit([], 'nas.lan')).toBe(false);
  expect(couldAdmit(['nas.lan:5000'], 'nas.lan')).toBe(false);
  expect(couldAdmit(['nas.lan:5000'], 'nas.lan', 5000)).toBe(true);
  expect(couldAdmit(['other.lan'], 'nas.lan')).toBe(false);
  expect(couldAdmit(['10.0.0.0/8'], 'nas.lan')).toBe(true);
  expect(couldAdmit(['10.0.0.0/8'], '10.1.1.1')).toBe(true);
  expect(couldAdmit(['10.0.0.0/8'], '192.168.1.1')).toBe(false);
});
