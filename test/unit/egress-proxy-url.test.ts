import { describe, expect, it } from 'vitest';
import { parseEgressAllowance } from '../../src/config/egress-allow.ts';
import { createAllowList } from '../../src/egress/allow-list.ts';
import { parseProxyUrl } from '../../src/egress/proxy-url.ts';
import { AppError } from '../../src/shared/errors.ts';

function allowing(...items: string[]) {
  return { allow: createAllowList(items.map(parseEgressAllowance).filter((each) => each !== null)) };
}

function codeOf(url: string, rules = allowing()): string {
  try {
    parseProxyUrl(url, rules);
    return 'taken';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('the URL of a proxy', () => {
  it.each([
    ['http://proxy.example', 'http', 80],
    ['http://proxy.example:3128/', 'http', 3128],
    ['HTTPS://Proxy.Example', 'https', 443],
    ['https://proxy.example:80', 'https', 80],
    ['socks5://proxy.example', 'socks5', 1080],
    ['socks5://proxy.example:80', 'socks5', 80],
  ])('%s', (url, protocol, port) => {
    const parsed = parseProxyUrl(url, allowing());
    expect(parsed).toEqual({
      protocol,
      host: 'proxy.example',
      port,
      credentials: null,
      needsAllowance: false,
    });
  });

  it('may hold credentials, percent-encoded', () => {
    const { credentials, host, port } = parseProxyUrl('http://us%40er:p%3Ass@proxy.example:8000', allowing());
    expect({ credentials, host, port }).toEqual({
      credentials: { username: 'us@er', password: 'p:ss' },
      host: 'proxy.example',
      port: 8000,
    });
  });

  it.each([
    '',
    'proxy.example:8080',
    'ftp://proxy.example',
    'socks4://proxy.example',
    'socks://proxy.example',
    'http://proxy.example/path',
    'http://proxy.example/?a=b',
    'http://proxy.example#x',
    'http://a%zz:b@proxy.example',
    'http://pro xy.example',
    'http://proxy.example\\@127.0.0.1',
    'http://proxy.example.:80',
    'http://proxy.example:99999',
  ])('%j is none', (url) => {
    expect(codeOf(url)).toBe('URL_INVALID');
  });

  it.each([
    'http://localhost:3128',
    'http://127.0.0.1:3128',
    'http://169.254.169.254',
    'http://[::1]:3128',
    'socks5://0x7f.1:1080',
    'socks5://2130706433:1080',
    'socks5://[::ffff:127.0.0.1]:1080',
    'https://10.0.0.1',
    'http://squid',
    'http://user:secret@squid.lan:3128',
    'http://proxy.example:0',
  ])('%s needs the allow-list', (url) => {
    expect(codeOf(url)).toBe('URL_NOT_ALLOWED');
  });

  it('of a LAN is taken where the operator opened it', () => {
    expect(codeOf('http://squid:3128', allowing('squid:3128'))).toBe('taken');
    expect(codeOf('socks5://10.0.0.1', allowing('10.0.0.0/8'))).toBe('taken');
  });
});
