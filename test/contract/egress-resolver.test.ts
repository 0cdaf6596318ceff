import { expect, it } from 'vitest';
import { createSystemResolver } from '../../src/egress/egress-resolver.ts';
import { startDnsStub } from '../support/dns-stub.ts';
import { LOOPBACK, openTestEgress } from '../support/egress.ts';
import { startReceiver } from '../support/receiver.ts';

it('asks for both kinds of addresses and gives all of them', async () => {
  const dns = await startDnsStub();
  const resolver = createSystemResolver({ servers: [dns.server] });
  dns.answer('both.example', ['93.184.215.14', '127.0.0.1', 'fd00::1']);
  dns.answer('six.example', ['2606:4700::1']);
  dns.answer('empty.example', []);
  expect([...(await resolver.byDns('both.example'))].sort()).toEqual([
    '127.0.0.1',
    '93.184.215.14',
    'fd00::1',
  ]);
  expect(await resolver.byDns('six.example')).toEqual(['2606:4700::1']);
  await expect(resolver.byDns('empty.example')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(resolver.byDns('nobody.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

it('looks into the hosts file for the names of the operator only', async () => {
  const dns = await startDnsStub();
  const resolver = createSystemResolver({ servers: [dns.server] });
  expect(await resolver.bySystem('localhost')).toContain('127.0.0.1');
  await expect(resolver.byDns('localhost.attacker.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

it('a name server that turns between two questions reaches nothing', async () => {
  const dns = await startDnsStub();
  const inside = await startReceiver((_request, response) => response.end('secret'), { host: '127.0.0.9' });
  const { get } = openTestEgress({
    allowances: [LOOPBACK],
    resolver: createSystemResolver({ servers: [dns.server] }),
    ports: new Set([inside.port]),
  });
  dns.answer('rebind.example', ['127.0.0.1'], ['127.0.0.9']);
  const url = `http://rebind.example:${inside.port}/`;
  // The first answer was good, so that is where the connection goes, whatever the second would have been.
  await expect(get(url)).rejects.toMatchObject({ failure: 'connection' });
  await expect(get(url)).rejects.toMatchObject({ failure: 'refused' });
  expect(dns.asked.sort()).toEqual(
    Array.from(['A', 'A', 'AAAA', 'AAAA'], (type) => `${type} rebind.example`),
  );
  expect(inside.connections()).toBe(0);
});
